"use client";

import { Anchor, Stack, Text, Title, Group } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { Loaded } from "#/ui/feedback/loaded.tsx";
import { holdPages } from "#/ui/review/hold-pages.ts";
import { ReviewDesk } from "#/ui/review/review-desk.tsx";
import { ReviewFilterBar } from "#/ui/review/review-filter-bar.tsx";
import { isNarrowed, readReviewFilters, type ReviewFilters } from "#/ui/review/review-filters.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Prices that the guard keeps out of force, for a person to decide on, one after the other or many at once. */
export function ReviewScreen() {
  const trpc = useTRPC();
  const query = useSearchParams();
  const filters = useMemo(() => readReviewFilters(query), [query]);
  const pages = useInfiniteQuery({ ...holdPages(trpc, filters), placeholderData: keepPreviousData });
  const { data, hasNextPage, isFetching, fetchNextPage } = pages;
  const holds = useMemo(() => (data?.pages ?? []).flatMap((page) => page.holds), [data]);
  const total = data?.pages.at(-1)?.total;
  const readMore = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  // All that was read may have been decided while more of them wait.
  useEffect(() => {
    if (holds.length === 0) readMore();
  }, [holds.length, readMore]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Review
        </Title>
        <Text c="dimmed" size="sm" role="status" className="tabular" mih={20}>
          {total !== undefined && countOf(total, "hold")}
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        The guard keeps these prices out of force. Until somebody decides, the last good price counts.
      </Text>
      <ReviewFilterBar filters={filters} />
      <Loaded query={pages} failed="The holds could not be read" height={600}>
        {() => (
          <ReviewDesk
            holds={holds}
            total={total ?? 0}
            readAt={pages.dataUpdatedAt}
            filters={filters}
            onNearEnd={readMore}
            empty={<NothingHeld filters={filters} />}
          />
        )}
      </Loaded>
    </Stack>
  );
}

function NothingHeld({ filters }: { filters: ReviewFilters }) {
  if (isNarrowed(filters)) return <EmptyNote title="No hold matches">Remove a filter to see more holds.</EmptyNote>;
  if (filters.state !== "open") return <EmptyNote title={`No hold was ${filters.state} yet`} />;
  return (
    <EmptyNote title="No price waits for a decision">
      Somebody has decided on every price that the guard could not believe. There is nothing to do here until a sync
      holds another one. Earlier decisions are listed under <State name="approved" />, <State name="rejected" /> and{" "}
      <State name="resolved" />.
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
