"use client";

import { Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { memo, type ReactNode } from "react";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { useHoldOptions } from "#/ui/review/hold-reader.tsx";
import { factorWords } from "#/ui/price/factor-words.model.ts";
import { mainChange, reasonWords, type Hold } from "#/ui/review/hold-words.model.ts";
import classes from "#/ui/review/review.module.css";
import { WordBadge } from "#/ui/run/run-badge.tsx";

export type Verb = "approve" | "reject";

type Props = Readonly<{
  id: string;
  href: string;
  /** The address names it. */
  isChosen: boolean;
  /** Its evidence is shown. */
  isShown: boolean;
  isSelected: boolean;
  /** Its evidence stands beside the list, and its verbs there. */
  isBeside: boolean;
  onChoose: (id: string) => void;
  onSelect: (id: string) => void;
  onAsk: (verb: Verb, hold: Hold) => void;
  /** Its evidence, where there is no room beside the list. */
  children: ReactNode;
}>;

/** One held price in the list: model, seller, reason, old and new price, and how far they are apart. It can be chosen before it is read. */
export const HoldRow = memo(function HoldRow(props: Props) {
  const { id, href, isChosen, isShown, isSelected, isBeside, onChoose, onSelect, onAsk, children } = props;
  const options = useHoldOptions();
  const { data: hold, error } = useQuery(options(id));
  const isOpen = hold?.state === "open";
  return (
    <div className={classes["row"]} data-hold={id} data-shown={isShown || undefined}>
      <div className={classes["line"]} aria-busy={hold === undefined && error === null}>
        {isOpen && (
          <Checkbox
            size="xs"
            className={classes["above"] ?? ""}
            aria-label={`Select ${hold.model}`}
            checked={isSelected}
            onChange={() => onSelect(id)}
          />
        )}
        <div className={classes["what"]}>
          <div className={classes["name"]}>
            <a
              href={href}
              className={classes["link"]}
              title={hold?.model}
              aria-current={isChosen ? "true" : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onChoose(id);
              }}
            >
              {hold?.model ?? unreadWords(hold === null, error)}
            </a>
            {hold && <Badges hold={hold} />}
          </div>
          {hold && (
            <div className={classes["quiet"]} title={hold.findings.map(({ words }) => words).join("\n")}>
              {hold.seller} · {reasonWords(hold)} · {hold.source}
            </div>
          )}
        </div>
        {hold && <Price hold={hold} />}
      </div>
      {isOpen && !isBeside && (
        <div className={classes["rowVerbs"]}>
          {(["reject", "approve"] as const).map((verb) => (
            <VerbButton
              key={verb}
              action="review.decideMany"
              size="compact-sm"
              variant="default"
              aria-label={`${LABEL[verb]} ${hold.model}`}
              onClick={() => onAsk(verb, hold)}
            >
              {LABEL[verb]}
            </VerbButton>
          ))}
        </div>
      )}
      {children}
    </div>
  );
});

const LABEL = { approve: "Approve", reject: "Reject" } as const satisfies Record<Verb, string>;

function unreadWords(isGone: boolean, error: Error | null): string {
  if (isGone) return "This hold does not exist any more";
  return error === null ? "Loading" : "This hold could not be read";
}

function Badges({ hold: { variant, effectiveAt } }: { hold: Hold }) {
  return (
    <>
      {variant !== "default" && <WordBadge color="gray" words={variant} />}
      {effectiveAt !== null && <WordBadge color="blue" words={`from ${effectiveAt.slice(0, 10)}`} />}
    </>
  );
}

function Price({ hold }: { hold: Hold }) {
  const { what, before, after, more } = mainChange(hold);
  return (
    <div className={classes["price"]}>
      <div className={classes["factor"]}>{factorWords(hold.ratio) ?? (hold.old === null ? "first price" : "")}</div>
      <div className={classes["quiet"]}>
        {what} {before !== undefined && `${before} → `}
        <b>{after}</b>
        {more > 0 && `, ${more} more`}
      </div>
    </div>
  );
}
