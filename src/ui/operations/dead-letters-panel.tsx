"use client";

import { Anchor, Checkbox, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo, useState } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { Panel } from "#/ui/feedback/panel.tsx";
import { ReasonButton } from "#/ui/feedback/reason-button.tsx";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";

type Letter = Outputs["syncs"]["deadLetters"]["syncs"][number];

/** Syncs that failed for good and that nobody has tried again; some or all of them can be queued again. */
export function DeadLettersPanel() {
  const letters = useQuery(useTRPC().syncs.deadLetters.queryOptions({ limit: 50 }));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const all = letters.data?.syncs ?? [];
  const picked = all.filter(({ jobId }) => chosen.has(jobId));
  const columns = useMemo(
    () =>
      letterColumns(chosen, (jobId) =>
        setChosen((before) => {
          const after = new Set(before);
          if (!after.delete(jobId)) after.add(jobId);
          return after;
        }),
      ),
    [chosen],
  );
  return (
    <Panel
      title="Failed syncs"
      flush
      aside={all.length > 0 && <RedriveButton letters={picked.length > 0 ? picked : all} isAll={picked.length === 0} />}
    >
      <Loaded query={letters} failed="The failed syncs could not be read" height={120}>
        {({ syncs }) =>
          syncs.length === 0 ? (
            <EmptyNote title="No failed syncs">Every sync that failed was tried again.</EmptyNote>
          ) : (
            <DataTable
              label="Failed syncs"
              columns={columns}
              rows={syncs}
              rowKey={({ jobId }) => jobId}
              below={({ errorMessage }) =>
                errorMessage !== null && (
                  <Text size="xs" className="bad-news">
                    {errorMessage}
                  </Text>
                )
              }
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function RedriveButton({ letters, isAll }: { letters: readonly Letter[]; isAll: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation(
    trpc.syncs.redrive.mutationOptions({
      onSuccess: ({ retries }) => notifyDone({ message: `${countOf(retries.length, "sync is", "syncs are")} queued.` }),
      onError: (problem) => notifyFailure("No sync was queued", problem),
      onSettled: () => void queryClient.invalidateQueries(trpc.syncs.pathFilter()),
    }),
  );
  return (
    <ReasonButton
      action="syncs.redrive"
      label={isAll ? "Run all again" : `Run ${countOf(letters.length, "sync")} again`}
      question={`Queue ${countOf(letters.length, "failed sync")} again?`}
      consequence="Each becomes a new sync of the same sources, in the order of the list. The failed ones stay as they are."
      confirmLabel={`Queue ${countOf(letters.length, "sync")}`}
      placeholder="the seller answers again"
      size="xs"
      pending={isPending}
      onConfirm={(reason) => mutate({ jobIds: letters.map(({ jobId }) => jobId), reason })}
    />
  );
}

function letterColumns(chosen: ReadonlySet<string>, onChoose: (jobId: string) => void): Column<Letter>[] {
  return [
    {
      id: "ended",
      head: "Ended",
      cell: ({ jobId, completedAt }) => (
        <Group gap="xs" wrap="nowrap">
          <Checkbox
            size="xs"
            aria-label={`Select sync ${jobId.slice(0, 8)}`}
            checked={chosen.has(jobId)}
            onChange={() => onChoose(jobId)}
          />
          <Anchor size="sm" renderRoot={(props) => <Link href={`/syncs/${jobId}`} prefetch={false} {...props} />}>
            {completedAt === null ? jobId.slice(0, 8) : <RelativeTime at={completedAt} />}
          </Anchor>
        </Group>
      ),
    },
    { id: "by", head: "Started by", grows: true, cell: ({ startedBy }) => startedBy },
    { id: "attempts", head: "Attempts", align: "right", cell: ({ attempt }) => attempt },
  ];
}
