"use client";

import { Box, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { ReasonForm } from "#/ui/feedback/reason-form.tsx";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import { EnterUsage } from "#/ui/review/hold-evidence.tsx";
import type { Verb } from "#/ui/review/hold-row.tsx";
import { mainChange, type Hold } from "#/ui/review/hold-words.model.ts";
import type { HoldFilter } from "#/ui/review/review-filters.model.ts";
import { useTRPCClient, type Outputs } from "#/ui/trpc.tsx";

/** What somebody is about to decide on: one hold, or many that are counted first. */
export type Asked = Readonly<{ verb: Verb; what: { hold: Hold } | { ids: string[] } | { filter: HoldFilter } }>;

type Props = Readonly<{
  asked: Asked | undefined;
  opened: boolean;
  returnFocus: boolean;
  pending: boolean;
  onClose: () => void;
  onDecide: (ids: readonly string[], reason: string) => void;
}>;

const PRESETS = {
  approve: ["Checked on the seller's page", "The seller announced this price", "Other sources ask the same"],
  reject: ["The unit is wrong", "A mistake in the source", "The seller's page has another price"],
} as const satisfies Record<Verb, readonly string[]>;

const CONSEQUENCE = {
  approve: "An approved price is in force from when it was observed. The reason is kept in the history of the model.",
  reject: "The last good price stays in force. The same value is not held again until it changes.",
} as const satisfies Record<Verb, string>;

const LABEL = { approve: "Approve", reject: "Reject" } as const satisfies Record<Verb, string>;

/** Says what a decision will do, and asks for its reason. */
export function DecideDialog({ asked, opened, returnFocus, ...form }: Props) {
  return (
    <Dialog
      title={asked === undefined ? "" : titleOf(asked)}
      opened={opened}
      returnFocus={returnFocus}
      onClose={form.onClose}
    >
      {asked !== undefined && ("hold" in asked.what ? <One {...asked} hold={asked.what.hold} {...form} /> : null)}
      {asked !== undefined && !("hold" in asked.what) && <Many verb={asked.verb} target={asked.what} {...form} />}
    </Dialog>
  );
}

function titleOf({ verb, what }: Asked): string {
  if ("hold" in what) return `${LABEL[verb]} the held price of ${what.hold.model}?`;
  if ("ids" in what) return `${LABEL[verb]} ${countOf(what.ids.length, "selected hold")}?`;
  return `${LABEL[verb]} all holds of this list?`;
}

type FormProps = Omit<Props, "asked" | "opened" | "returnFocus"> & Readonly<{ verb: Verb }>;

function One({ hold, onDecide, ...form }: FormProps & Readonly<{ hold: Hold }>) {
  const { what, before, after } = mainChange(hold);
  return (
    <DecideForm {...form} label={LABEL[form.verb]} onConfirm={(reason) => onDecide([hold.id], reason)}>
      <Text size="sm" mb={6}>
        {hold.seller}: {what} {before !== undefined && `${before} → `}
        <b>{after}</b>
      </Text>
    </DecideForm>
  );
}

type DecideFormProps = Omit<FormProps, "onDecide"> &
  Readonly<{ label: string; ready?: boolean; onConfirm: (reason: string) => void; children: ReactNode }>;

function DecideForm({ verb, label, ready = true, pending, onClose, onConfirm, children }: DecideFormProps) {
  return (
    <ReasonForm
      consequence={
        <>
          {children}
          {CONSEQUENCE[verb]}
        </>
      }
      confirmLabel={label}
      placeholder="Why it is right to do so"
      presets={PRESETS[verb]}
      isDangerous={verb === "reject"}
      ready={ready}
      pending={pending}
      onCancel={onClose}
      onConfirm={onConfirm}
    />
  );
}

type Trial = Outputs["review"]["decideMany"];

function Many({
  target,
  onDecide,
  ...form
}: FormProps & Readonly<{ target: { ids: string[] } | { filter: HoldFilter } }>) {
  const client = useTRPCClient();
  const { verb } = form;
  const trial = useQuery({
    queryKey: ["what a decision changes", verb, target],
    queryFn: () =>
      client.review.decideMany.mutate({
        ...target,
        decision: verb,
        reason: "a dry run before the decision",
        dryRun: true,
      }),
    // It is true for this moment alone.
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const ids = trial.data?.ids ?? [];
  return (
    <DecideForm
      {...form}
      label={ids.length === 0 ? LABEL[verb] : `${LABEL[verb]} ${countOf(ids.length, "hold")}`}
      ready={ids.length > 0}
      onConfirm={(reason) => onDecide(ids, reason)}
    >
      <Box mih={104} mb={6} role="status">
        <Loaded query={trial} failed="What this changes could not be counted" height={96}>
          {(outcome) => <TrialWords verb={verb} trial={outcome} />}
        </Loaded>
      </Box>
    </DecideForm>
  );
}

const LARGEST = 3;

/** What a dry run has found, before the decision. */
function TrialWords({ verb, trial: { decided, changed, changes, monthlyImpactUsd } }: { verb: Verb; trial: Trial }) {
  return (
    <Stack gap={4} role="group" aria-label="What this changes">
      <Text size="sm" component="div">
        This decides <b>{countOf(decided, "hold")}</b> and changes <b>{countOf(changed, "price")} in force</b>.{" "}
        {verb === "approve" &&
          changed > 0 &&
          (monthlyImpactUsd === null ? <EnterUsage /> : costWords(monthlyImpactUsd))}
      </Text>
      {changes.slice(0, LARGEST).map(({ id, seller, model, ...change }) => (
        <Text key={id} size="xs" c="dimmed" className="tabular" style={{ overflowWrap: "anywhere" }}>
          {seller} {model}: {firstLine(change)}
        </Text>
      ))}
      {changed > LARGEST && (
        <Text size="xs" c="dimmed">
          These are the {LARGEST} largest changes.
        </Text>
      )}
    </Stack>
  );
}

function costWords(monthlyImpactUsd: string): string {
  return `By the recorded usage that is ${impactWords(monthlyImpactUsd)}.`;
}

function firstLine(change: Parameters<typeof changeLines>[0]): string {
  const [line] = changeLines(change);
  if (line === undefined) return change.state;
  return `${line.what} ${line.before ?? "none"} → ${line.after ?? "none"}`;
}
