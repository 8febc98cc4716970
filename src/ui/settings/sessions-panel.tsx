"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

const COLUMNS: readonly Column<Outputs["access"]["sessions"]["sessions"][number]>[] = [
  {
    id: "browser",
    head: "Browser",
    grows: true,
    cell: ({ agent, browser, isThis }) => (
      <>
        <span title={agent ?? undefined}>{browser}</span> {isThis && <WordBadge color="teal" words="this browser" />}
      </>
    ),
  },
  { id: "address", head: "Address", cell: ({ address }) => address ?? "unknown" },
  { id: "since", head: "Since", cell: ({ startedAt }) => <RelativeTime at={startedAt} /> },
];

/** Where one is signed in; each session can be ended from here. */
export function SessionsPanel() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.access.sessions.queryOptions());
  const { mutate, isPending } = useMutation(
    trpc.access.revokeSession.mutationOptions({
      onSuccess: () => notifyDone({ message: "That browser is signed out." }),
      onError: (problem) => notifyFailure("The browser was not signed out", problem),
      onSettled: () => void queryClient.invalidateQueries(trpc.access.sessions.pathFilter()),
    }),
  );
  return (
    <Panel title="Where you are signed in" flush>
      <Loaded query={sessions} failed="Your sessions could not be read" height={120}>
        {({ sessions: all }) => (
          <DataTable
            label="Where you are signed in"
            columns={COLUMNS}
            rows={all}
            rowKey={({ id }) => id}
            verbs={({ id, isThis }) =>
              !isThis && (
                <ConfirmButton
                  action="access.revokeSession"
                  label="Sign out"
                  question="Sign this browser out?"
                  consequence="Whoever uses it has to sign in again. Nothing else changes."
                  confirmLabel="Sign it out"
                  size="compact-sm"
                  pending={isPending}
                  onConfirm={() => mutate({ id })}
                />
              )
            }
          />
        )}
      </Loaded>
    </Panel>
  );
}
