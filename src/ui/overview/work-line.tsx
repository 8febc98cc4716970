"use client";

import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { NextScheduled } from "#/ui/overview/next-scheduled.tsx";
import { useLockStatus } from "#/ui/overview/use-lock-status.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** What runs, what waits, who holds the lock and what comes next, in one line. */
export function WorkLine() {
  const active = useQuery(useTRPC().syncs.active.queryOptions());
  const lock = useLockStatus();
  return (
    <Group component="section" aria-label="Work now" gap="lg" className="tabular">
      <Loaded query={active} failed="What runs now is not known" height={22}>
        {({ running, queued }) => (
          <>
            <Text size="sm">{running.length === 0 ? "No sync is running" : "A sync is running"}</Text>
            <Text size="sm">Queue: {queued.length === 0 ? "empty" : `${queued.length} waiting`}</Text>
          </>
        )}
      </Loaded>
      <Loaded query={lock} failed="Who holds the lock is not known" height={22}>
        {({ held, worker }) => (
          <Text size="sm">
            <Anchor size="sm" renderRoot={(props) => <Link href="/operations" prefetch={false} {...props} />}>
              Lock
            </Anchor>
            : {held ? `held by ${worker ?? "an unknown worker"}` : "not held"}
          </Text>
        )}
      </Loaded>
      <NextScheduled />
    </Group>
  );
}
