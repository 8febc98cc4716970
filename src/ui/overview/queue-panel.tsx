"use client";

import { Anchor, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { CancelButton } from "#/ui/run/verbs/cancel-button.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { clockTime } from "#/ui/time/time.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const SHOWN = 5;

export function QueuePanel() {
  const trpc = useTRPC();
  const active = useQuery(trpc.syncs.active.queryOptions());
  const queued = active.data?.queued ?? [];
  return (
    <Panel title={queued.length > 0 ? `Queue (${queued.length})` : "Queue"}>
      <Loaded query={active} failed="The queue could not be read" height={110}>
        {({ queued: waiting }) =>
          waiting.length === 0 && (
            <EmptyNote title="The queue is empty">A sync that is started now runs at once.</EmptyNote>
          )
        }
      </Loaded>
      <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: "none" }}>
        {queued.slice(0, SHOWN).map((sync, index) => (
          <Group key={sync.jobId} component="li" justify="space-between" wrap="nowrap" gap="xs">
            <div style={{ minWidth: 0 }}>
              <Anchor
                size="sm"
                truncate
                display="block"
                renderRoot={(props) => <Link href={`/syncs/${sync.jobId}`} {...props} />}
              >
                {index + 1}. {sync.triggeredBy}
              </Anchor>
              <Text size="xs" c="dimmed">
                {sync.retryAt === null ? (
                  <>
                    since <RelativeTime at={sync.triggeredAt} />
                  </>
                ) : (
                  `attempt ${sync.attempt + 1} at ${clockTime(sync.retryAt)}`
                )}
              </Text>
            </div>
            <CancelButton sync={sync} size="xs" />
          </Group>
        ))}
      </Stack>
      {queued.length > SHOWN && (
        <Text size="xs" c="dimmed" mt="xs">
          and {queued.length - SHOWN} more behind them
        </Text>
      )}
    </Panel>
  );
}
