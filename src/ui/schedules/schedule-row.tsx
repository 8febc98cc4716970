import { Anchor, Code, Group, Table, Text } from "@mantine/core";
import Link from "next/link";
import { ConfirmButton } from "#/ui/feedback/confirm-button.tsx";
import { VerbButton } from "#/ui/may/verb-button.tsx";
import { RunBadge, WordBadge } from "#/ui/run/run-badge.tsx";
import { NextTimes } from "#/ui/schedules/next-times.tsx";
import { MISSED_WORDS, tickWords, type Schedule } from "#/ui/schedules/schedule-words.model.ts";
import { useScheduleVerbs } from "#/ui/schedules/use-schedule-verbs.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{ schedule: Schedule; onEdit: () => void }>;

export function ScheduleRow({ schedule, onEdit }: Props) {
  const { name, words, rule, timeZone, sources, missedPolicy, paused, next, overdueSince } = schedule;
  return (
    <Table.Tr style={{ verticalAlign: "top" }}>
      <Table.Th scope="row" style={{ color: "inherit", fontSize: "inherit", overflowWrap: "anywhere" }} miw={140}>
        {name}
        <Text size="xs" c="dimmed" fw={400}>
          {sources === null ? "all enabled sources" : sources.join(", ")}
        </Text>
        {paused !== null && <WordBadge color="orange" words="paused" />}
      </Table.Th>
      <Table.Td miw={200} maw={320} style={{ overflowWrap: "anywhere" }}>
        {words}
        <Text size="xs" c="dimmed">
          <Code>{rule}</Code> in {timeZone}; {MISSED_WORDS[missedPolicy]}
        </Text>
      </Table.Td>
      <Table.Td miw={150}>
        {paused === null ? (
          <>
            {overdueSince !== null && (
              <Text size="sm" c="red">
                due <RelativeTime at={overdueSince} />; no worker has taken it yet
              </Text>
            )}
            <NextTimes next={next} />
          </>
        ) : (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            paused by {paused.by}, <RelativeTime at={paused.at} />
            {paused.reason !== null && `: ${paused.reason}`}
          </Text>
        )}
      </Table.Td>
      <Table.Td miw={130}>
        <LastRun schedule={schedule} />
      </Table.Td>
      <Table.Td>
        <Verbs schedule={schedule} onEdit={onEdit} />
      </Table.Td>
    </Table.Tr>
  );
}

function LastRun({ schedule }: { schedule: Schedule }) {
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

function Verbs({ schedule: { name, paused }, onEdit }: Props) {
  const { pause, resume, remove, runNow } = useScheduleVerbs();
  return (
    <Group gap="xs" wrap="nowrap">
      <VerbButton
        action="schedules.runNow"
        size="xs"
        variant="default"
        aria-label={`Run now: ${name}`}
        loading={runNow.isPending}
        onClick={() => runNow.mutate({ name })}
      >
        Run now
      </VerbButton>
      <VerbButton
        action={paused === null ? "schedules.pause" : "schedules.resume"}
        size="xs"
        variant="default"
        aria-label={`${paused === null ? "Pause" : "Resume"} ${name}`}
        loading={pause.isPending || resume.isPending}
        onClick={() => (paused === null ? pause : resume).mutate({ name })}
      >
        {paused === null ? "Pause" : "Resume"}
      </VerbButton>
      <VerbButton action="schedules.update" size="xs" variant="default" aria-label={`Edit ${name}`} onClick={onEdit}>
        Edit
      </VerbButton>
      <ConfirmButton
        action="schedules.remove"
        label="Remove"
        description={`Remove ${name}`}
        question={`Remove the schedule ${name}?`}
        consequence="No sync starts by it any more. Those that it has queued stay, and so does their history."
        confirmLabel="Remove it"
        size="xs"
        pending={remove.isPending}
        onConfirm={() => remove.mutate({ name })}
      />
    </Group>
  );
}
