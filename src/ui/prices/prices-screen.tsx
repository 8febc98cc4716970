"use client";

import { Group, Stack, Text, Title } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { ExportMenu } from "#/ui/prices/export-menu.tsx";
import { FilterBar } from "#/ui/prices/filter-bar.tsx";
import { filterQuery } from "#/ui/prices/model-filters.model.ts";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { RateList } from "#/ui/prices/rate-list.tsx";
import { useModelFilters } from "#/ui/prices/use-model-filters.ts";
import { useTRPC } from "#/ui/trpc.tsx";

export function PricesScreen() {
  const trpc = useTRPC();
  const [filters, change] = useModelFilters();
  const { search, source, state, mark, context, takes, mode } = filters;
  const input = {
    ...(search === "" ? {} : { search }),
    ...(source === undefined ? {} : { source }),
    ...(state === undefined ? {} : { state }),
    ...(mark === undefined ? {} : { mark }),
    ...(context === undefined ? {} : { contextTokens: context }),
    ...(takes === undefined ? {} : { takes }),
    ...(mode === undefined ? {} : { mode }),
    limit: 200,
  };
  const { data, error, isPlaceholderData, fetchNextPage, hasNextPage, isFetchingNextPage, refetch } = useInfiniteQuery(
    trpc.prices.list.infiniteQueryOptions(input, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      placeholderData: keepPreviousData,
      staleTime: 30_000,
    }),
  );
  const rates = useMemo(() => data?.pages.flatMap((page) => page.rates), [data]);
  const total = data?.pages[0]?.total;

  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Prices
        </Title>
        <Group gap="md">
          <Text c="dimmed" size="sm" role="status" className="tabular" mih={20}>
            {total !== undefined && countOf(total, "price")}
          </Text>
          <ExportMenu />
        </Group>
      </Group>
      <Text hiddenFrom="sm" size="xs" c="dimmed">
        Prices in USD per 1M tokens unless they say otherwise
      </Text>
      <PriceTabs />
      <FilterBar filters={filters} marks={data?.pages[0]?.marks} onChange={change} />
      {error !== null && (
        <ErrorNote title="The prices could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {(rates !== undefined || error === null) && (
        <RateList
          rates={rates}
          total={total}
          dimmed={isPlaceholderData}
          filtered={filterQuery(filters) !== ""}
          onNearEnd={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        />
      )}
    </Stack>
  );
}
