"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { isNotFound } from "#/ui/feedback/describe-error.model.ts";
import { notifyDone, notifyFailure, notifyNews } from "#/ui/feedback/notify.tsx";
import { holdIdOf, holdOrder } from "#/ui/review/hold-queries.ts";
import type { Verb } from "#/ui/review/hold-row.tsx";
import { decisionWords } from "#/ui/review/hold-words.model.ts";
import type { ReviewFilters } from "#/ui/review/review-filters.model.ts";
import { useTRPC, useTRPCClient } from "#/ui/trpc.tsx";

type Decided = Readonly<{ verb: Verb; ids: readonly string[]; reason: string }>;

type Then = Readonly<{
  /** These holds wait no longer, whoever decided them. */
  onGone: (ids: ReadonlySet<string>) => void;
  /** These holds wait again. */
  onReopened: (ids: readonly string[]) => void;
}>;

/** Decides holds, says so, and takes decisions of this visit back, the last one first. */
export function useDecide(filters: ReviewFilters, { onGone, onReopened }: Then) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const cache = useHoldCache(filters);
  const decisions = useRef<(readonly string[])[]>([]);
  const leave = (ids: readonly string[]) => {
    const gone = new Set(ids);
    onGone(gone);
    cache.drop(gone);
  };

  // The message with its way back stays when the reader goes on to another page.
  const told = {
    onSuccess: ({ reopened }: { reopened: number }) =>
      notifyDone({ message: `${countOf(reopened, "hold")} open again.` }),
    onError: (error: unknown) => notifyFailure("The decision could not be taken back", error),
    onSettled: cache.refresh,
  };
  const { mutate: undoOne } = useMutation(trpc.review.undo.mutationOptions(told));
  const { mutate: undoMany } = useMutation(trpc.review.reopen.mutationOptions(told));
  const takeBack = (ids: readonly string[]) => {
    decisions.current = decisions.current.filter((one) => one !== ids);
    const back = { onSuccess: () => onReopened(ids) };
    const reason = "taken back at once";
    const [first = ""] = ids;
    if (ids.length === 1) undoOne({ holdId: first, reason }, back);
    else undoMany({ ids: [...ids], reason }, back);
  };
  const undo = () => {
    const last = decisions.current.at(-1);
    if (last === undefined) notifyNews("You have not decided anything on this visit that could be undone.");
    else takeBack(last);
  };

  const decideMany = useMutation(trpc.review.decideMany.mutationOptions());
  const decide = ({ verb, ids, reason }: Decided) =>
    decideMany.mutate(
      { ids: [...ids], decision: verb, reason },
      {
        onSuccess: ({ decided, ids: taken }) => {
          decisions.current.push(taken);
          leave(ids);
          const before = ids.length - decided;
          const others = before > 0 ? ` ${countOf(before, "hold")} had been decided before.` : "";
          notifyDone({ message: `${doneWords(verb, decided)}.${others}`, undo: () => takeBack(taken) });
        },
        onError: (refusal) => {
          if (!isNotFound(refusal)) return notifyFailure("The decision was not taken", refusal);
          leave(ids);
          tellWhoDecided(ids).catch((late: unknown) => notifyFailure("Who has decided this is not known", late));
        },
      },
    );

  async function tellWhoDecided(ids: readonly string[]) {
    const [first = ""] = ids;
    if (ids.length > 1) return notifyNews("Somebody else has decided all of these holds.");
    // Not as the page reads holds: it gives up reading one that it no longer shows.
    const { holds } = await client.review.list.query({ filter: { ids: [first] }, limit: 1 });
    const [hold] = holds;
    const words = hold && decisionWords(hold);
    notifyNews(
      hold === undefined || words === undefined
        ? "This hold is not open any more."
        : `${hold.model} was already ${words}.`,
    );
  }

  return { decide, undo, isPending: decideMany.isPending };
}

function doneWords(verb: Verb, decided: number): string {
  return verb === "approve" ? `${countOf(decided, "price")} put in force` : `${countOf(decided, "price")} rejected`;
}

/** The answers that the list is made of. What is decided leaves it at once, and nothing else in it moves. */
function useHoldCache(filters: ReviewFilters) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { queryKey } = holdOrder(trpc, filters);
  return {
    drop: (gone: ReadonlySet<string>) => {
      // An answer that is on its way was read before the decision.
      void queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData(queryKey, (order) => {
        const ids = order?.ids.filter((id) => !gone.has(id)) ?? [];
        return order && { ids, total: order.total - (order.ids.length - ids.length) };
      });
      void queryClient.invalidateQueries({ ...trpc.review.order.pathFilter(), refetchType: "none" });
      void queryClient.invalidateQueries({
        predicate: ({ queryKey: key }) => gone.has(holdIdOf(key) ?? ""),
        refetchType: "none",
      });
      void queryClient.invalidateQueries(trpc.review.count.queryFilter());
      void queryClient.invalidateQueries(trpc.prices.pathFilter());
    },
    refresh: () => {
      void queryClient.invalidateQueries(trpc.review.pathFilter());
      void queryClient.invalidateQueries(trpc.prices.pathFilter());
    },
  };
}
