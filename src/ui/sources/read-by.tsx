import { Anchor, Text } from "@mantine/core";
import Link from "next/link";
import { findNext } from "#/ui/schedules/schedule-words.model.ts";
import { findSchedules, type Source } from "#/ui/sources/source-words.model.ts";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import type { Outputs } from "#/ui/trpc.tsx";

type Props = Readonly<{
  source: Pick<Source, "name" | "enabled">;
  schedules: Outputs["schedules"]["list"]["schedules"] | undefined;
}>;

/** By which schedules a source is read, and when next. */
export function ReadBy({ source: { name, enabled }, schedules }: Props) {
  if (schedules === undefined) return <Text size="sm">not known</Text>;
  if (!enabled) return <Text size="sm">none while disabled</Text>;
  const own = findSchedules(name, schedules);
  const next = findNext(own);
  if (own.length === 0) return <Text size="sm">none</Text>;
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link href="/schedules" prefetch={false} {...props} />}>
        {own.map((schedule) => schedule.name).join(", ")}
      </Anchor>
      <Text size="xs" c="dimmed">
        {next === undefined ? "paused" : <ComingTime at={next.at} as="wait" />}
      </Text>
    </>
  );
}
