"use client";

import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { findNext } from "#/ui/schedules/schedule-words.model.ts";
import { ComingTime } from "#/ui/time/coming-time.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

/** What starts next automatically, in a line; nothing until it is known. */
export function NextScheduled() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.schedules.list.queryOptions());
  const next = data && findNext(data.schedules);
  return (
    <Text size="sm" c="dimmed" mih={20}>
      {data !== undefined && (
        <Anchor size="sm" underline="always" renderRoot={(props) => <Link href="/schedules" {...props} />}>
          {next === undefined ? "No sync is scheduled" : `Next by ${next.name}`}
        </Anchor>
      )}{" "}
      {next !== undefined && <ComingTime at={next.at} as="wait" />}
    </Text>
  );
}
