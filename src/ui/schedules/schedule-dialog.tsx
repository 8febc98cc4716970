"use client";

import { Button, Checkbox, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "#/ui/feedback/dialog.tsx";
import { notifyDone, notifyFailure } from "#/ui/feedback/notify.tsx";
import { RulePreview } from "#/ui/schedules/rule-preview.tsx";
import { MISSED_WORDS, type Schedule } from "#/ui/schedules/schedule-words.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const POLICIES = Object.keys(MISSED_WORDS) as Schedule["missedPolicy"][];

type Props = Readonly<{
  /** The one to change; a new one without it. */
  schedule: Schedule | undefined;
  onClose: () => void;
}>;

/** Adds or changes a schedule; what its rule means and the next five times stand below it while it is typed. */
export function ScheduleDialog({ schedule, onClose }: Props) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: known } = useQuery(trpc.sources.list.queryOptions());
  const [name, setName] = useState(schedule?.name ?? "");
  const [rule, setRule] = useState(schedule?.rule ?? "0 */6 * * *");
  const [timeZone, setTimeZone] = useState(schedule?.timeZone ?? "UTC");
  const [sources, setSources] = useState<string[]>([...(schedule?.sources ?? [])]);
  const [missedPolicy, setMissedPolicy] = useState<Schedule["missedPolicy"]>(schedule?.missedPolicy ?? "run_once");
  const options = {
    onSuccess: ({ name }: { name: string }) => {
      notifyDone({ message: `${name} is saved.` });
      onClose();
    },
    onError: (error: unknown) => notifyFailure("The schedule was not saved", error),
    onSettled: () => void queryClient.invalidateQueries(trpc.schedules.pathFilter()),
  };
  const create = useMutation(trpc.schedules.create.mutationOptions(options));
  const update = useMutation(trpc.schedules.update.mutationOptions(options));
  const isReady = name.trim() !== "" && rule.trim() !== "";
  const names = [...new Set([...(known?.sources ?? []).map((source) => source.name), ...sources])];
  return (
    <Dialog title={schedule === undefined ? "Add a schedule" : `Edit ${schedule.name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isReady) return;
          const settings = { rule, timeZone, missedPolicy, sources: sources.length === 0 ? null : sources };
          if (schedule === undefined) create.mutate({ name: name.trim(), ...settings });
          else update.mutate({ name: schedule.name, ...settings });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="nightly"
            data-autofocus={schedule === undefined || undefined}
            value={name}
            maxLength={60}
            disabled={schedule !== undefined}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <TextInput
            label="Rule"
            description="Cron with five fields, or an RRULE such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=6"
            value={rule}
            maxLength={400}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            onChange={({ currentTarget }) => setRule(currentTarget.value)}
          />
          <NativeSelect
            label="Time zone"
            value={timeZone}
            data={[...new Set(["UTC", timeZone, ...Intl.supportedValuesOf("timeZone")])]}
            onChange={({ currentTarget }) => setTimeZone(currentTarget.value)}
          />
          <RulePreview rule={rule} timeZone={timeZone} />
          <NativeSelect
            label="After an outage"
            value={missedPolicy}
            data={POLICIES.map((value) => ({ value, label: MISSED_WORDS[value] }))}
            onChange={({ currentTarget }) =>
              setMissedPolicy(POLICIES.find((one) => one === currentTarget.value) ?? "run_once")
            }
          />
          <Checkbox.Group
            label="Sources"
            description="Without a choice, every source that is enabled when it runs"
            value={sources}
            onChange={setSources}
          >
            <Group gap="sm" mt={6}>
              {names.map((one) => (
                <Checkbox key={one} value={one} label={one} />
              ))}
            </Group>
          </Checkbox.Group>
          {schedule !== undefined && (
            <Text size="xs" c="dimmed">
              A new rule applies from the moment it is saved.
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" disabled={!isReady} loading={create.isPending || update.isPending}>
              {schedule === undefined ? "Add it" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
