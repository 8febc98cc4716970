"use client";

import { Anchor, Stack, Text } from "@mantine/core";
import Link from "next/link";
import { Facts } from "#/ui/feedback/facts.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReleaseLockButton } from "#/ui/operations/release-lock-button.tsx";
import { useLockStatus } from "#/ui/overview/use-lock-status.ts";
import { useNow } from "#/ui/time/now.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

/** Which worker holds the lock, and taking it away from one that is stuck. */
export function LockPanel() {
  const lock = useLockStatus();
  return (
    <Panel title="Lock">
      <Loaded query={lock} failed="Who holds the lock is not known" height={110}>
        {(status) => (
          <Stack gap="sm" align="flex-start">
            <LockFacts lock={status} asOf={lock.dataUpdatedAt} />
            {status.held && <ReleaseLockButton />}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

function LockFacts({ lock, asOf }: { lock: Outputs["lock"]["status"]; asOf: number }) {
  const { held, worker, jobId, lockedAt, secondsLeft, fence } = lock;
  const passed = Math.max(0, useNow() - asOf) / 1_000;
  if (!held)
    return (
      <div>
        <Text size="sm">Lock: not held</Text>
        <Text size="xs" c="dimmed">
          The next sync takes it. {fence !== null && `The last fence was ${fence}.`}
        </Text>
      </div>
    );
  return (
    <Facts
      facts={[
        { name: "Lock", value: `held by ${worker ?? "an unknown worker"}` },
        { name: "Sync", value: jobId === null ? "not known" : <SyncLink jobId={jobId} /> },
        { name: "Since", value: lockedAt === null ? "not known" : <RelativeTime at={lockedAt} /> },
        { name: "Time left", value: `${Math.max(0, Math.ceil(secondsLeft - passed))} s, renewed while the sync runs` },
        { name: "Fence", value: fence ?? "none granted yet" },
      ]}
    />
  );
}

function SyncLink({ jobId }: { jobId: string }) {
  return (
    <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
      {jobId.slice(0, 8)}
    </Anchor>
  );
}
