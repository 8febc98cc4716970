"use client";

import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { describeError } from "#/ui/feedback/describe-error.model.ts";
import { NextTimes } from "#/ui/schedules/next-times.tsx";
import { useTRPC } from "#/ui/trpc.tsx";

const TYPING_MS = 250;

/** What a rule that is being typed means, or why it can't be used; keeps its height while it changes. */
export function RulePreview({ rule, timeZone }: { rule: string; timeZone: string }) {
  const trpc = useTRPC();
  const [asked] = useDebouncedValue({ rule, timeZone }, TYPING_MS);
  const { data, error } = useQuery({
    ...trpc.schedules.preview.queryOptions(asked, { placeholderData: keepPreviousData }),
    enabled: asked.rule.trim() !== "",
  });
  return (
    <div role="status" aria-label="What the rule means" style={{ minHeight: 132 }}>
      {error !== null && (
        <Text size="sm" className="bad-news">
          {describeError(error).message}
        </Text>
      )}
      {error === null && data !== undefined && (
        <>
          <Text size="sm">{data.words}</Text>
          <NextTimes next={data.next} />
        </>
      )}
    </div>
  );
}
