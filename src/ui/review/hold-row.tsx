"use client";

import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { factorWords, mainChange, reasonWords, type Hold } from "#/ui/review/hold-words.model.ts";
import classes from "#/ui/review/review.module.css";
import { WordBadge } from "#/ui/run/run-badge.tsx";

export type Verb = "approve" | "reject";

type Props = Readonly<{
  hold: Hold;
  href: string;
  /** The address names it. */
  isChosen: boolean;
  /** Its evidence stands beside the list. */
  isShown: boolean;
  isSelected: boolean;
  onChoose: () => void;
  onSelect: () => void;
  onAsk: (verb: Verb) => void;
  /** Its evidence, where there is no room beside the list. */
  children: ReactNode;
}>;

/** One held price in the list: model, seller, reason, old and new price, and how far they are apart. */
export function HoldRow({ hold, href, isChosen, isShown, isSelected, onChoose, onSelect, onAsk, children }: Props) {
  const { what, before, after, more } = mainChange(hold);
  const factor = factorWords(hold.ratio);
  const isOpen = hold.state === "open";
  return (
    <div className={classes["row"]} data-hold={hold.id} data-shown={isShown || undefined}>
      <div className={classes["line"]}>
        {isOpen && (
          <Checkbox
            size="xs"
            className={classes["above"] ?? ""}
            aria-label={`Select ${hold.model}`}
            checked={isSelected}
            onChange={onSelect}
          />
        )}
        <div className={classes["what"]}>
          <div className={classes["name"]}>
            <a
              href={href}
              className={classes["link"]}
              title={hold.model}
              aria-current={isChosen ? "true" : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onChoose();
              }}
            >
              {hold.model}
            </a>
            {hold.variant !== "default" && <WordBadge color="gray" words={hold.variant} />}
            {hold.effectiveAt !== null && <WordBadge color="blue" words={`from ${hold.effectiveAt.slice(0, 10)}`} />}
          </div>
          <div className={classes["quiet"]} title={hold.findings.map(({ words }) => words).join("\n")}>
            {hold.seller} · {reasonWords(hold)} · {hold.source}
          </div>
        </div>
        <div className={classes["price"]}>
          <div className={classes["factor"]}>{factor ?? (hold.old === null ? "first price" : "")}</div>
          <div className={classes["quiet"]}>
            {what} {before !== undefined && `${before} → `}
            <b>{after}</b>
            {more > 0 && `, ${more} more`}
          </div>
        </div>
      </div>
      {isOpen && (
        <div className={classes["rowVerbs"]}>
          {(["reject", "approve"] as const).map((verb) => (
            <VerbButton
              key={verb}
              action="review.decideMany"
              size="compact-sm"
              variant="default"
              aria-label={`${LABEL[verb]} ${hold.model}`}
              onClick={() => onAsk(verb)}
            >
              {LABEL[verb]}
            </VerbButton>
          ))}
        </div>
      )}
      {children}
    </div>
  );
}

const LABEL = { approve: "Approve", reject: "Reject" } as const satisfies Record<Verb, string>;
