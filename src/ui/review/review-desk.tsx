"use client";

import { Kbd } from "@mantine/core";
import { useRouter, useSearchParams } from "next/navigation";
import { useState, type ReactNode } from "react";
import { RefusedError } from "#/ui/feedback/describe-error.model.ts";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { useRefusal } from "#/ui/may/use-may.ts";
import { modelHref } from "#/price/model-href.ts";
import { BulkBar } from "#/ui/review/bulk-bar.tsx";
import { DecideDialog, type Asked } from "#/ui/review/decide-dialog.tsx";
import { HoldEvidence } from "#/ui/review/hold-evidence.tsx";
import { HoldList } from "#/ui/review/hold-list.tsx";
import type { Verb } from "#/ui/review/hold-row.tsx";
import { nextHoldId, type Hold } from "#/ui/review/hold-words.model.ts";
import { holdFilterOf, type ReviewFilters } from "#/ui/review/review-filters.model.ts";
import classes from "#/ui/review/review.module.css";
import { useChosenHold } from "#/ui/review/use-chosen-hold.ts";
import { useDecide } from "#/ui/review/use-decide.ts";
import { useReviewKeys } from "#/ui/review/use-review-keys.ts";

type Props = Readonly<{
  holds: readonly Hold[];
  /** Of all that the filters let through, also those that are not read yet. */
  total: number;
  /** When the holds were read, in ms since the epoch. */
  readAt: number;
  filters: ReviewFilters;
  onNearEnd: () => void;
  empty: ReactNode;
}>;

/** The holds on the left, the evidence on the right, and what can be done with them. */
export function ReviewDesk({ holds, total, readAt, filters, onNearEnd, empty }: Props) {
  const router = useRouter();
  const refusal = useRefusal("review.decideMany");
  const address = useSearchParams();
  const choice = useChosenHold();
  const chosenId = choice.id;
  const shownId = chosenId ?? holds[0]?.id;
  const [wantedId, setWantedId] = useState<string>();
  const [chosen, setSelected] = useState<ReadonlySet<string>>(new Set());
  const selected = holds.flatMap(({ id, state }) => (state === "open" && chosen.has(id) ? [id] : []));
  const dialog = useAsked();

  const go = (id: string | undefined) => {
    choice.moveTo(id);
    setWantedId(id);
    if (id === undefined) document.querySelector<HTMLElement>("#content")?.focus({ preventScroll: true });
  };
  const { decide, undo, isPending } = useDecide(filters, {
    onReopened: (ids) => go(ids[0]),
    onGone: (gone) => {
      dialog.end();
      setSelected(new Set(selected.filter((id) => !gone.has(id))));
      const ids = holds.map(({ id }) => id);
      go(nextHoldId(ids, gone, gone.size === 1 ? [...gone][0] : shownId));
    },
  });
  const select = (id: string) => setSelected((before) => toggled(before, id));
  const find = (id: string | undefined) => holds.find((hold) => hold.id === id);
  // A key may come before the page has drawn what the one before it has chosen.
  const presentHold = () => find(choice.latest() ?? holds[0]?.id);
  const move = (by: 1 | -1) => {
    const at = holds.findIndex(({ id }) => id === choice.latest());
    go(holds[Math.min(holds.length - 1, Math.max(0, at + by))]?.id);
  };
  const askByKey = (verb: Verb) => {
    const hold = presentHold();
    if (hold?.state !== "open") return;
    if (refusal === undefined) dialog.ask({ verb, what: { hold } });
    else notifyFailure("You can't decide on held prices", new RefusedError(refusal));
  };
  useReviewKeys({
    j: () => move(1),
    k: () => move(-1),
    a: () => askByKey("approve"),
    r: () => askByKey("reject"),
    e: () => {
      const hold = presentHold();
      if (hold === undefined) return;
      choice.keep();
      router.push(modelHref(hold));
    },
    x: () => {
      const hold = presentHold();
      if (hold?.state === "open") select(hold.id);
    },
    u: undo,
  });
  const evidenceOf = (id: string) => (
    <HoldEvidence
      key={id}
      id={id}
      known={find(id)}
      knownAt={readAt}
      onAsk={(verb, hold) => dialog.ask({ verb, what: { hold } })}
    />
  );
  return (
    <div className={classes["desk"]}>
      {filters.state === "open" && holds.length > 0 && (
        <BulkBar
          total={total}
          selected={selected.length}
          keys={<Keys />}
          onClear={() => setSelected(new Set())}
          onAsk={(verb) =>
            dialog.ask({ verb, what: selected.length > 0 ? { ids: selected } : { filter: holdFilterOf(filters) } })
          }
        />
      )}
      {holds.length === 0 && empty}
      <div className={classes["halves"]}>
        <div className={classes["half"]}>
          {holds.length > 0 && (
            <HoldList
              holds={holds}
              total={total}
              hrefOf={(id) => hrefOf(address, id)}
              chosenId={chosenId}
              shownId={shownId}
              selected={chosen}
              wantedId={wantedId}
              onFocused={() => setWantedId(undefined)}
              onChoose={(id) => choice.open(id)}
              onSelect={select}
              onAsk={(verb, hold) => dialog.ask({ verb, what: { hold } })}
              onNearEnd={onNearEnd}
              evidenceOf={({ id }) => evidenceOf(id)}
            />
          )}
        </div>
        {shownId !== undefined && (
          <section
            className={classes["pane"]}
            aria-label="Evidence"
            // A hold that is not in the list has no row to open below.
            data-alone={find(shownId) === undefined || undefined}
          >
            {evidenceOf(shownId)}
          </section>
        )}
      </div>
      <DecideDialog
        asked={dialog.asked}
        opened={dialog.opened}
        returnFocus={!dialog.isEnded}
        pending={isPending}
        onClose={dialog.close}
        onDecide={(ids, reason) => dialog.asked !== undefined && decide({ verb: dialog.asked.verb, ids, reason })}
      />
    </div>
  );
}

/** The same list with another hold. */
function hrefOf(address: URLSearchParams, id: string): string {
  const query = new URLSearchParams(address);
  query.set("hold", id);
  return `?${query.toString()}`;
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

/** What is asked stays while the dialog closes, so that its words do not change under the reader's eyes. */
function useAsked() {
  const [asked, setAsked] = useState<Asked>();
  const [state, setState] = useState<"closed" | "open" | "ended">("closed");
  return {
    asked,
    opened: state === "open",
    isEnded: state === "ended",
    ask: (next: Asked) => {
      setAsked(next);
      setState("open");
    },
    /** Goes back to where the reader was. */
    close: () => setState("closed"),
    /** Closes after a decision: the focus goes on to the next hold. */
    end: () => setState("ended"),
  };
}

const KEYS = [
  ["j", "next"],
  ["k", "previous"],
  ["a", "approve"],
  ["r", "reject"],
  ["e", "open the model"],
  ["x", "select"],
  ["u", "undo"],
] as const;

function Keys() {
  return (
    <div className={classes["keys"]}>
      {KEYS.map(([key, words]) => (
        <span key={key}>
          <Kbd size="xs">{key}</Kbd> {words}
        </span>
      ))}
    </div>
  );
}
