"use client";

import { Box, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { useLockStatus } from "#/ui/overview/use-lock-status.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { useNow } from "#/ui/time/now.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

/** Who holds the lock. `action` stands below. */
export function LockPanel({ action }: { action?: ReactNode }) {
  const lock = useLockStatus();
  return (
    <Panel
      title="Lock"
      aside={
        lock.data && (
          <WordBadge color={lock.data.held ? "indigo" : "gray"} words={lock.data.held ? "held" : "not held"} />
        )
      }
    >
      <Loaded query={lock} failed="Who holds the lock is not known" height={110}>
        {(status) => <LockFacts lock={status} asOf={lock.dataUpdatedAt} />}
      </Loaded>
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
    : [{ name: "Lock", value: "not held" }];
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
