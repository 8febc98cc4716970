"use client";

import { Anchor, Code, Text } from "@mantine/core";
import Link from "next/link";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { RunBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { NextTimes } from "#/ui/schedules/next-times.tsx";
import { MISSED_WORDS, tickWords, type Schedule } from "#/ui/schedules/schedule-words.model.ts";
import { useScheduleVerbs } from "#/ui/schedules/use-schedule-verbs.ts";
import { DataTable, type Column } from "#/ui/table/data-table.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{ schedules: readonly Schedule[]; onEdit: (schedule: Schedule) => void }>;

const COLUMNS: readonly Column<Schedule>[] = [
  { id: "schedule", head: "Schedule", cell: (schedule) => <Name schedule={schedule} /> },
  { id: "runs", head: "Runs", grows: true, cell: (schedule) => <Rule schedule={schedule} /> },
  { id: "next", head: "Next", grows: true, cell: (schedule) => <Next schedule={schedule} /> },
  { id: "last", head: "Last run", cell: (schedule) => <LastRun schedule={schedule} /> },
];

/** Every schedule: its rule in words, its next times, and how its last run went. */
export function ScheduleTable({ schedules, onEdit }: Props) {
  return (
    <DataTable
      label="Schedules"
      columns={COLUMNS}
      rows={schedules}
      rowKey={({ name }) => name}
      verbs={(schedule) => <Verbs schedule={schedule} onEdit={() => onEdit(schedule)} />}
      below={({ overdueSince }) =>
        overdueSince !== null && (
          <Text size="xs" className="bad-news">
            It was due <RelativeTime at={overdueSince} />, and no worker has started it yet.
          </Text>
        )
      }
    />
  );
}

type RowProps = Readonly<{ schedule: Schedule }>;

function Name({ schedule: { name, sources, paused } }: RowProps) {
  return (
    <>
      {name} {paused !== null && <WordBadge color="orange" words="paused" />}
      <Text size="xs" c="dimmed" fw={400}>
        {sources === null ? "all enabled sources" : sources.join(", ")}
      </Text>
    </>
  );
}

function Rule({ schedule: { words, rule, timeZone, missedPolicy } }: RowProps) {
  return (
    <>
      {words}
      <Text size="xs" c="dimmed">
        <Code>{rule}</Code> in {timeZone}
      </Text>
      <Text size="xs" c="dimmed">
        {MISSED_WORDS[missedPolicy]}
      </Text>
    </>
  );
}

function Next({ schedule: { paused, next } }: RowProps) {
  if (paused === null) return <NextTimes next={next} />;
  return (
    <>
      paused by {paused.by}, <RelativeTime at={paused.at} />
      {paused.reason !== null && `: ${paused.reason}`}
    </>
  );
}

function LastRun({ schedule }: RowProps) {
  const { lastRun, lastTick } = schedule;
  const remark = tickWords(schedule);
  return (
    <>
      {lastRun === null ? (
        <NoRun lastTick={lastTick} />
      ) : (
        <>
          <RunBadge status={lastRun.status} />
          <Text size="xs" mt={4}>
            <Anchor
              size="xs"
              underline="always"
              renderRoot={(props) => <Link href={`/syncs/${lastRun.jobId}`} prefetch={false} {...props} />}
            >
              <RelativeTime at={lastRun.triggeredAt} />
            </Anchor>
          </Text>
        </>
      )}
      {remark !== undefined && lastTick !== null && (
        <Text size="xs" c="dimmed">
          {remark} (<RelativeTime at={lastTick.at} />)
        </Text>
      )}
    </>
  );
}

/** The record of a run is kept for a time; that there was one is known for good. */
function NoRun({ lastTick }: { lastTick: Schedule["lastTick"] }) {
  if (lastTick === null || lastTick.skipped !== null) return "not run yet";
  return <RelativeTime at={lastTick.at} />;
}

function Verbs({ schedule: { name, paused }, onEdit }: RowProps & Readonly<{ onEdit: () => void }>) {
  const { pause, resume, remove, runNow } = useScheduleVerbs();
  const look = { size: "compact-sm", variant: "default" } as const;
  return (
    <>
      <VerbButton
        {...look}
        action="schedules.runNow"
        aria-label={`Run now: ${name}`}
        loading={runNow.isPending}
        onClick={() => runNow.mutate({ name })}
      >
        Run now
      </VerbButton>
      <VerbButton
        {...look}
        action={paused === null ? "schedules.pause" : "schedules.resume"}
        aria-label={`${paused === null ? "Pause" : "Resume"} ${name}`}
        loading={pause.isPending || resume.isPending}
        onClick={() => (paused === null ? pause : resume).mutate({ name })}
      >
        {paused === null ? "Pause" : "Resume"}
      </VerbButton>
      <VerbButton {...look} action="schedules.update" aria-label={`Edit ${name}`} onClick={onEdit}>
        Edit
      </VerbButton>
      <ConfirmButton
        action="schedules.remove"
        label="Remove"
        description={`Remove ${name}`}
        question={`Remove the schedule ${name}?`}
        consequence="It starts no more syncs. The syncs that it has queued stay, and so does their history."
        confirmLabel="Remove it"
        size="compact-sm"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ name })}
      />
    </>
  );
}
