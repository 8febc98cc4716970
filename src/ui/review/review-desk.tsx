"use client";

import { Kbd } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useCallback, useDeferredValue, useMemo, useRef, useState, type ReactNode } from "react";
import { RefusedError } from "#/ui/feedback/describe-error.model.ts";
import { notifyFailure } from "#/ui/feedback/notify.tsx";
import { useRefusal } from "#/ui/may/use-may.ts";
import { modelHref } from "#/price/model-href.ts";
import { BulkBar } from "#/ui/review/bulk-bar.tsx";
import { DecideDialog, type Asked } from "#/ui/review/decide-dialog.tsx";
import { HoldEvidence } from "#/ui/review/hold-evidence.tsx";
import { HoldList } from "#/ui/review/hold-list.tsx";
import { useHoldOptions } from "#/ui/review/hold-reader.tsx";
import type { Verb } from "#/ui/review/hold-row.tsx";
import { nextHoldId, type Hold } from "#/ui/review/hold-words.model.ts";
import { holdFilterOf, type ReviewFilters } from "#/ui/review/review-filters.model.ts";
import classes from "#/ui/review/review.module.css";
import { useChosenHold } from "#/ui/review/use-chosen-hold.ts";
import { useDecide } from "#/ui/review/use-decide.ts";
import { useReviewKeys } from "#/ui/review/use-review-keys.ts";
import { useStyleNumber } from "#/ui/table/use-style-number.ts";

type Props = Readonly<{
  /** The holds of the list in its order, also those that are not read yet. */
  ids: readonly string[];
  /** Of all that the filters let through. */
  total: number;
  filters: ReviewFilters;
  empty: ReactNode;
}>;

/** The holds on the left, the evidence on the right, and what can be done with them. */
export function ReviewDesk({ ids, total, filters, empty }: Props) {
  const router = useRouter();
  const refusal = useRefusal("review.decideMany");
  const hrefOf = useHref();
  const choice = useChosenHold();
  const chosenId = choice.id;
  const shownId = chosenId ?? ids[0];
  // The list follows a key at once, and the evidence when there is time: both within a frame is too much for a key held down.
  const paneId = useDeferredValue(shownId);
  const halves = useRef<HTMLDivElement>(null);
  const isBeside = useStyleNumber(halves, "--beside", 1) === 1;
  const [wantedId, setWantedId] = useState<string>();
  const places = useMemo(() => new Map(ids.map((id, place) => [id, place])), [ids]);
  const { chosen, selected, select, keep } = useSelected(filters, places);
  const dialog = useAsked();

  const go = (id: string | undefined) => {
    choice.moveTo(id);
    setWantedId(id);
    if (id === undefined) document.querySelector<HTMLElement>("#content")?.focus({ preventScroll: true });
  };
  const { decide, undo, isPending } = useDecide(filters, {
    onReopened: (reopened) => go(reopened[0]),
    onGone: (gone) => {
      dialog.end();
      keep((id) => !gone.has(id));
      go(nextHoldId(ids, gone, gone.size === 1 ? [...gone][0] : shownId));
    },
  });
  // A key may come before the page has drawn what the one before it has chosen.
  const presentId = () => choice.latest() ?? ids[0];
  const withPresent = useWithPresent(presentId);
  const move = (by: 1 | -1) => {
    const at = places.get(choice.latest() ?? "") ?? -1;
    go(ids[Math.min(ids.length - 1, Math.max(0, at + by))]);
  };
  const { ask } = dialog;
  const onAsk = useCallback((verb: Verb, hold: Hold) => ask({ verb, what: { hold } }), [ask]);
  const askByKey = (verb: Verb) =>
    withPresent((hold) => {
      if (hold.state !== "open") return;
      if (refusal === undefined) onAsk(verb, hold);
      else notifyFailure("You can't decide on held prices", new RefusedError(refusal));
    });
  useReviewKeys({
    j: () => move(1),
    k: () => move(-1),
    Home: () => go(ids[0]),
    End: () => go(ids.at(-1)),
    a: () => askByKey("approve"),
    r: () => askByKey("reject"),
    e: () =>
      withPresent((hold) => {
        choice.keep();
        router.push(modelHref(hold));
      }),
    x: () => {
      const id = presentId();
      if (id !== undefined && places.has(id) && filters.state === "open") select(id);
    },
    u: undo,
  });
  const evidenceOf = (id: string) => <HoldEvidence key={id} id={id} onAsk={onAsk} />;
  return (
    <div className={classes["desk"]}>
      {filters.state === "open" && ids.length > 0 && (
        <BulkBar
          total={total}
          selected={selected.length}
          keys={<Keys />}
          onClear={() => keep(() => false)}
          onAsk={(verb) =>
            ask({ verb, what: selected.length > 0 ? { ids: selected } : { filter: holdFilterOf(filters) } })
          }
        />
      )}
      {ids.length === 0 && empty}
      <div ref={halves} className={classes["halves"]}>
        <div className={classes["half"]}>
          {ids.length > 0 && (
            <HoldList
              ids={ids}
              hrefOf={hrefOf}
              chosenId={chosenId}
              shownId={shownId}
              selected={chosen}
              wantedId={wantedId}
              isBeside={isBeside}
              onFocused={() => setWantedId(undefined)}
              onChoose={choice.open}
              onSelect={select}
              onAsk={onAsk}
              evidenceOf={evidenceOf}
            />
          )}
        </div>
        {paneId !== undefined && (isBeside || !places.has(paneId)) && (
          <section
            className={classes["pane"]}
            aria-label="Evidence"
            // A hold that is not in the list has no row to open below.
            data-alone={!places.has(paneId) || undefined}
          >
            {evidenceOf(paneId)}
          </section>
        )}
      </div>
      <DecideDialog
        asked={dialog.asked}
        opened={dialog.opened}
        returnFocus={!dialog.isEnded}
        pending={isPending}
        onClose={dialog.close}
        onDecide={(decided, reason) =>
          dialog.asked !== undefined && decide({ verb: dialog.asked.verb, ids: decided, reason })
        }
      />
    </div>
  );
}

/** The address of the same list with another hold. */
function useHref(): (id: string) => string {
  const address = useSearchParams();
  return (id) => {
    const query = new URLSearchParams(address);
    query.set("hold", id);
    return `?${query.toString()}`;
  };
}

/** Does something with the present hold as soon as it is read, unless the reader has gone on to another by then. */
function useWithPresent(presentId: () => string | undefined) {
  const queryClient = useQueryClient();
  const options = useHoldOptions();
  return (act: (hold: Hold) => void): void => {
    const id = presentId();
    if (id === undefined) return;
    const isPresent = () => presentId() === id;
    queryClient.ensureQueryData(options(id)).then(
      (hold) => hold !== null && isPresent() && act(hold),
      (error: unknown) => isPresent() && notifyFailure("The held price could not be read", error),
    );
  };
}

/** The holds that are selected. Those that wait no longer do not count. */
function useSelected({ state }: ReviewFilters, places: ReadonlyMap<string, number>) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    chosen,
    selected: useMemo(
      () => (state === "open" ? [...chosen].filter((id) => places.has(id)) : []),
      [state, chosen, places],
    ),
    select: useCallback((id: string) => setChosen((before) => toggled(before, id)), []),
    keep: (stays: (id: string) => boolean) => setChosen((before) => new Set([...before].filter(stays))),
  };
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
    ask: useCallback((next: Asked) => {
      setAsked(next);
      setState("open");
    }, []),
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
