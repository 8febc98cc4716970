"use client";

import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Syncs that failed for good and that nobody has tried again; all of them can be, at once. */
export function DeadLettersPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(trpc.syncs.deadLetters.queryOptions({ limit: 50 }));
  const { mutate, isPending } = useMutation(
    trpc.syncs.redrive.mutationOptions({
      onSuccess: ({ retries }) => notifyDone({ message: `${countOf(retries.length, "sync is", "syncs are")} queued.` }),
      onError: (problem) => notifyFailure("Nothing was queued", problem),
      onSettled: () => void queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
  const letters = data?.syncs ?? [];
  return (
    <Panel
      title="Failed for good"
      flush
      aside={
        letters.length > 0 && (
          <ReasonButton
            action="syncs.redrive"
            label={`Run ${letters.length === 1 ? "it" : `all ${letters.length}`} again`}
            question={`Queue ${countOf(letters.length, "failed sync")} again?`}
            consequence="Each becomes a new sync with everything that it was to do, in the order of the list. The failed ones stay as they are."
            confirmLabel="Queue them"
            placeholder="the seller is back"
            size="xs"
            pending={isPending}
            onConfirm={(reason) => mutate({ jobIds: letters.map(({ jobId }) => jobId), reason })}
          />
        )
      }
    >
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="The failed syncs could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data?.syncs.length === 0 && (
        <EmptyNote title="Nothing waits for you">Every sync that failed was tried again.</EmptyNote>
      )}
      {letters.length > 0 && (
        <TableFrame label="Failed for good">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Ended</Table.Th>
              <Table.Th scope="col">By</Table.Th>
              <Table.Th scope="col" ta="right">
                Attempts
              </Table.Th>
              <Table.Th scope="col">Why</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {letters.map(({ jobId, completedAt, triggeredBy, attempt, errorMessage }) => (
              <Table.Tr key={jobId} style={{ verticalAlign: "top" }}>
                <Table.Td>
                  <Anchor
                    size="sm"
                    renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}
                  >
                    {completedAt === null ? jobId.slice(0, 8) : <RelativeTime at={completedAt} />}
                  </Anchor>
                </Table.Td>
                <Table.Td>{triggeredBy}</Table.Td>
                <Table.Td ta="right">{attempt}</Table.Td>
                <Table.Td miw={260}>
                  <Text size="sm" lineClamp={3} style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
                    {errorMessage}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
