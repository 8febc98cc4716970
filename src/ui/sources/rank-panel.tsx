"use client";

import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { impactWords } from "#/ui/price/impact-words.model.ts";
import { changeLines } from "#/ui/price/price-change.model.ts";
import type { Source } from "#/ui/sources/use-tune.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Outcome = Outputs["sources"]["rank"];

const CHANGES_SHOWN = 10;
/** A dry run keeps nothing, not even its reason. */
const TRIAL_REASON = "to see what it would change";

/** Which source counts where several list the same: its place in the order. What a move would change is shown first. */
export function RankPanel({ source: { name, rank } }: { source: Source }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sources = useQuery(trpc.sources.list.queryOptions());
  const [place, setPlace] = useState(String(rank));
  const [reason, setReason] = useState("");
  const trial = useMutation(trpc.sources.rank.mutationOptions());
  const move = useMutation(
    trpc.sources.rank.mutationOptions({
      onSuccess: ({ changed }) => notifyDone({ message: `${name} is moved; ${countOf(changed, "price")} changed.` }),
      onError: (error) => notifyFailure("The source was not moved", error),
      onSettled: () => void queryClient.invalidateQueries(),
    }),
  );
  const places = sources.data?.sources ?? [];
  const isSame = Number(place) === rank;
  return (
    <Panel title="Rank">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Where several sources list the same model at the same seller, the whole price of the first one counts.
        </Text>
        <Group align="end" gap="sm">
          <NativeSelect
            label="Place"
            w={260}
            value={place}
            data={places.map((one, index) => ({
              value: String(index + 1),
              label: one.name === name ? `${index + 1}, as now` : `${index + 1}, where ${one.name} is`,
            }))}
            onChange={({ currentTarget: { value } }) => {
              setPlace(value);
              trial.reset();
            }}
          />
          <Button
            variant="default"
            disabled={isSame}
            loading={trial.isPending}
            onClick={() => trial.mutate({ name, rank: Number(place), reason: TRIAL_REASON, dryRun: true })}
          >
            Show what it changes
          </Button>
        </Group>
        {trial.error !== null && <ErrorNote title="The move can't be tried" error={trial.error} />}
        {trial.data !== undefined && <TrialNote outcome={trial.data} />}
        {trial.data !== undefined && !isSame && (
          <Group align="end" gap="sm">
            <TextInput
              label="Reason for the rank"
              flex="1 1 220px"
              value={reason}
              maxLength={500}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <Button
              disabled={reason.trim().length < 3}
              loading={move.isPending}
              onClick={() => move.mutate({ name, rank: Number(place), reason: reason.trim() })}
            >
              Move it
            </Button>
          </Group>
        )}
      </Stack>
    </Panel>
  );
}

function TrialNote({ outcome: { order, changed, settled, changes, monthlyImpactUsd } }: { outcome: Outcome }) {
  const shown = changes.slice(0, CHANGES_SHOWN);
  return (
    <div role="status">
      <Text size="sm">
        The order would be {order.join(", ")}. {countOf(changed, "price")} in force would change
        {settled > changed && `, and ${count(settled - changed)} more would only come from another source`}
        {monthlyImpactUsd !== null && `; ${impactWords(monthlyImpactUsd)} by the recorded usage`}.
      </Text>
      {shown.map((change) => (
        <Text key={change.id} size="sm" className="tabular" style={{ overflowWrap: "anywhere" }}>
          {change.model} at {change.seller}
          {change.variant !== "default" && `, ${change.variant}`}:{" "}
          {changeLines(change)
            .map(({ what, before, after }) => `${what} ${before ?? "none"} → ${after ?? "none"}`)
            .join("; ")}
        </Text>
      ))}
      {changed > shown.length && (
        <Text size="sm" c="dimmed">
          and {count(changed - shown.length)} more
        </Text>
      )}
    </div>
  );
}
