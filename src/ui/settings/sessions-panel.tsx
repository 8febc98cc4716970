"use client";

import { Skeleton, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { TableFrame } from "#/ui/feedback/table-frame.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** Where one is signed in; each can be ended from here. */
export function SessionsPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data, error, refetch } = useQuery(trpc.access.sessions.queryOptions());
  const { mutate, isPending } = useMutation(
    trpc.access.revokeSession.mutationOptions({
      onSuccess: () => notifyDone({ message: "That browser is signed out." }),
      onError: (problem) => notifyFailure("The session was not ended", problem),
      onSettled: () => void queryClient.invalidateQueries(trpc.access.sessions.pathFilter()),
    }),
  );
  return (
    <Panel title="Where you are signed in" flush>
      {data === undefined && error === null && <Skeleton h={120} mx="md" my="sm" w="auto" />}
      {data === undefined && error !== null && (
        <ErrorNote title="Your sessions could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {data !== undefined && (
        <TableFrame label="Where you are signed in">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Browser</Table.Th>
              <Table.Th scope="col">Address</Table.Th>
              <Table.Th scope="col">Since</Table.Th>
              <Table.Th scope="col">End it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.sessions.map(({ id, agent, address, startedAt, isThis }) => (
              <Table.Tr key={id}>
                <Table.Td miw={200} maw={320}>
                  <Text size="sm" lineClamp={1} title={agent ?? undefined}>
                    {agent ?? "unknown"}
                  </Text>
                </Table.Td>
                <Table.Td>{address ?? "unknown"}</Table.Td>
                <Table.Td>
                  <RelativeTime at={startedAt} />
                </Table.Td>
                <Table.Td>
                  {isThis ? (
                    <Text size="sm" c="dimmed">
                      this one
                    </Text>
                  ) : (
                    <ConfirmButton
                      action="access.revokeSession"
                      label="Sign it out"
                      question="Sign this browser out?"
                      consequence="Whoever uses it has to sign in again. Nothing else changes."
                      confirmLabel="Sign it out"
                      size="xs"
                      pending={isPending}
                      onConfirm={() => mutate({ id })}
                    />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </TableFrame>
      )}
    </Panel>
  );
}
