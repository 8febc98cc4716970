"use client";

import { Anchor, Group, Paper, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import classes from "#/ui/model/model.module.css";
import type { HeldPrice } from "#/ui/model/price-answer.ts";
import { ChangeSize } from "#/ui/price/change-size.tsx";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

type Verb = "approve" | "reject";

const WORDS = {
  approve: {
    label: "Approve",
    consequence:
      "The held price is in force from when it was observed. The reason is kept in the history of the model.",
  },
  reject: {
    label: "Reject",
    consequence: "The last good price stays in force. The same value is not held again until it changes.",
  },
} as const satisfies Record<Verb, Readonly<{ label: string; consequence: string }>>;

const LINES_SHOWN = 3;

/** A newer price that waits for a decision: old, new, why it is held, and the decision itself. */
export function HeldBanner({ hold }: { hold: HeldPrice }) {
  const [asked, setAsked] = useState<Verb>();
  const { decide, isPending } = useDecision(hold, () => setAsked(undefined));
  const lines = changeLines({
    state: hold.new.state,
    charges: hold.new.charges,
    previousState: hold.old?.state ?? null,
    previousCharges: hold.old?.charges ?? null,
  });
  return (
    <Paper
      component="section"
      withBorder
      aria-label={`Held price from ${hold.source}`}
      className={classes["held"] ?? ""}
    >
      <div className={classes["heldWords"]}>
        <Text size="sm" fw={600}>
          A price from {hold.source} is held, observed <RelativeTime at={hold.observedAt} />
          {hold.effectiveAt !== null && `, for ${hold.effectiveAt.slice(0, 10)}`}
        </Text>
        {lines.slice(0, LINES_SHOWN).map(({ key, what, before, after, size, direction }) => (
          <Text key={key} size="sm" className="tabular">
            {what}: {hold.old !== null && `${before ?? "no price"} → `}
            <b>{after ?? "no price"}</b> {hold.old !== null && <ChangeSize size={size} direction={direction} />}
          </Text>
        ))}
        {lines.length === 0 && <Text size="sm">The source now says that it is {hold.new.state}.</Text>}
        <Text size="xs" c="dimmed">
          {hold.findings[0]?.words ?? "The guard held it"}.{" "}
          <Anchor
            size="xs"
            underline="always"
            renderRoot={(props) => (
              <Link
                href={`/review?q=${encodeURIComponent(`${hold.seller} ${hold.model}`)}`}
                prefetch={false}
                {...props}
              />
            )}
          >
            {lines.length > LINES_SHOWN ? `All ${lines.length} charges and the evidence` : "The evidence"} in Review
          </Anchor>
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        <VerbButton
          action="review.reject"
          variant="default"
          size="xs"
          loading={isPending}
          onClick={() => setAsked("reject")}
        >
          Reject
        </VerbButton>
        <VerbButton action="review.approve" size="xs" loading={isPending} onClick={() => setAsked("approve")}>
          Approve
        </VerbButton>
      </Group>
      <Dialog
        title={`${WORDS[asked ?? "approve"].label} the held price of ${hold.model}?`}
        opened={asked !== undefined}
        onClose={() => setAsked(undefined)}
      >
        {asked !== undefined && (
          <ReasonForm
            consequence={WORDS[asked].consequence}
            confirmLabel={WORDS[asked].label}
            placeholder="checked on the seller's page"
            isDangerous={asked === "reject"}
            pending={isPending}
            onCancel={() => setAsked(undefined)}
            onConfirm={(reason) => decide(asked, reason)}
          />
        )}
      </Dialog>
    </Paper>
  );
}

/** Approves or rejects one hold, says so, and offers to take it back. */
function useDecision({ id }: HeldPrice, onDone: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.review.pathFilter());
    void queryClient.invalidateQueries(trpc.prices.pathFilter());
  };
  const undo = useMutation(
    trpc.review.undo.mutationOptions({
      onSuccess: () => notifyDone({ message: "The price is held again." }),
      onError: (error) => notifyFailure("The decision could not be taken back", error),
      onSettled: refresh,
    }),
  );
  const settle = (message: string) => ({
    onSuccess: () => {
      onDone();
      notifyDone({ message, undo: () => undo.mutate({ holdId: id, reason: "taken back at once" }) });
    },
    onError: (error: unknown) => {
      onDone();
      notifyFailure("The decision was not taken", error);
    },
    onSettled: refresh,
  });
  const approve = useMutation(trpc.review.approve.mutationOptions(settle("The held price is in force.")));
  const reject = useMutation(trpc.review.reject.mutationOptions(settle("The held price is rejected.")));
  return {
    isPending: approve.isPending || reject.isPending,
    decide: (verb: Verb, reason: string) =>
      (verb === "approve" ? approve : reject).mutate({ filter: { ids: [id] }, reason }),
  };
}
