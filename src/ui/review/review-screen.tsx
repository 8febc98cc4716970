"use client";

import { Anchor, Stack, Text, Title, Group } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { count, countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { holdOrder } from "#/ui/review/hold-queries.ts";
import { HoldReader } from "#/ui/review/hold-reader.tsx";
import { ReviewDesk } from "#/ui/review/review-desk.tsx";
import { ReviewFilterBar } from "#/ui/review/review-filter-bar.tsx";
import { isNarrowed, readReviewFilters, type ReviewFilters } from "#/ui/review/review-filters.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Prices that the guard keeps out of force, for a person to decide on, one after the other or many at once. */
export function ReviewScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const filters = useMemo(() => readReviewFilters(query), [query]);
  const order = useQuery({ ...holdOrder(trpc, filters), placeholderData: keepPreviousData });
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Review
        </Title>
        <Text c="dimmed" size="sm" role="status" className="tabular" mih={20}>
          {order.data && countWords(order.data)}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        The guard keeps these prices out of force. The last good price stays in force until somebody decides.
      </Text>
      <ReviewFilterBar filters={filters} />
      <HoldReader>
        <Loaded query={order} failed="The holds could not be read" height={600}>
          {({ ids, total }) => (
            <ReviewDesk ids={ids} total={total} filters={filters} empty={<NothingHeld filters={filters} />} />
          )}
        </Loaded>
      </HoldReader>
    </Stack>
  );
}

/** Decisions of years are more than a list can hold. */
function countWords({ ids, total }: Readonly<{ ids: readonly string[]; total: number }>): string {
  return ids.length === total ? countOf(total, "hold") : `the first ${count(ids.length)} of ${countOf(total, "hold")}`;
}

function NothingHeld({ filters }: { filters: ReviewFilters }) {
  if (isNarrowed(filters)) return <EmptyNote title="No hold matches">Remove a filter to see more holds.</EmptyNote>;
  if (filters.state !== "open") return <EmptyNote title={`No hold was ${filters.state} yet`} />;
  return (
    <EmptyNote title="No price waits for a decision">
      All held prices have been decided. A price that the next sync holds is listed here. Earlier decisions are listed
      under <State name="approved" />, <State name="rejected" /> and <State name="resolved" />.
    </EmptyNote>
  );
}

function State({ name }: { name: string }) {
  return (
    <Anchor underline="always" renderRoot={(props) => <Link href={`?state=${name}`} prefetch={false} {...props} />}>
      {name}
    </Anchor>
  );
}
