"use client";

import { Box, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { useNow } from "#/ui/time/now.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const RENEWALS_SHOW_AFTER_MS = 5_000;

/** Who holds the lock. `action` stands below. */
export function LockPanel({ action }: { action?: ReactNode }) {
  const trpc = useTRPC();
  const { data, error, dataUpdatedAt } = useQuery({
    ...trpc.lock.status.queryOptions(),
    // A renewal is no event; ask while somebody holds it.
    refetchInterval: ({ state }) => (state.data?.held === true ? RENEWALS_SHOW_AFTER_MS : false),
  });
  return (
    <Panel
      title="Lock"
      aside={data && <WordBadge color={data.held ? "indigo" : "gray"} words={data.held ? "held" : "free"} />}
    >
      {data === undefined && error === null && <Skeleton h={110} />}
      {data === undefined && error !== null && <ErrorNote title="Who holds the lock is not known" error={error} />}
      {data !== undefined && <LockFacts lock={data} asOf={dataUpdatedAt} />}
      {action !== undefined && <Box mt="md">{action}</Box>}
    </Panel>
  );
}

function LockFacts({ lock, asOf }: { lock: Outputs["lock"]["status"]; asOf: number }) {
  const now = useNow();
  const left = Math.max(0, Math.ceil(lock.secondsLeft - Math.max(0, now - asOf) / 1_000));
  const facts = lock.held
    ? [
        { name: "Worker", value: lock.worker ?? "unknown" },
        { name: "Time left", value: `${left} s, renewed while it works` },
      ]
    : [{ name: "Holder", value: "nobody: the next sync takes it" }];
  return (
    <Stack component="dl" gap="xs" m={0}>
      {[...facts, { name: "Fence", value: lock.fence ?? "none granted yet" }].map(({ name, value }) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} className="tabular" truncate title={value}>
            {value}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
