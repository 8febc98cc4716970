"use client";

import { Group, Stack, Text, Title } from "@mantine/core";
import { useMemo } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { ExportMenu } from "#/ui/prices/export-menu.tsx";
import { FilterBar } from "#/ui/prices/filter-bar.tsx";
import { isFiltered } from "#/ui/prices/model-filters.model.ts";
import { usePriceBook } from "#/ui/prices/price-book.ts";
import { filterPrices, PRICE_SORTS, sortPrices } from "#/ui/prices/price-filter.model.ts";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { RateList } from "#/ui/prices/rate-list.tsx";
import { useModelFilters } from "#/ui/prices/use-model-filters.ts";
import { useSort } from "#/ui/table/use-sort.ts";

export function PricesScreen() {
  const [filters, change] = useModelFilters();
  const [[sorting], toggleSort] = useSort("sort");
  const { index, error, retry } = usePriceBook();
  const sellers = useMemo(() => [...new Set(index?.map(({ row }) => row.seller))].toSorted(), [index]);
  const sort = PRICE_SORTS.find((known) => known === sorting?.id) ?? "name";
  const isDescending = sort === sorting?.id && sorting.desc;
  const sorted = useMemo(() => index && sortPrices(index, sort, isDescending), [index, sort, isDescending]);
  const filtered = useMemo(() => sorted && filterPrices(sorted, filters), [sorted, filters]);
  const rates = filtered?.rows;

  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Prices
        </Title>
        <Group gap="md">
          <Text c="dimmed" size="sm" role="status" className="tabular" mih={20}>
            {rates && countOf(rates.length, "price")}
          </Text>
          <ExportMenu filters={filters} total={rates?.length} />
        </Group>
      </Group>
      <Text hiddenFrom="sm" size="xs" c="dimmed">
        Prices in USD per 1M tokens unless they say otherwise
      </Text>
      <PriceTabs />
      <FilterBar filters={filters} marks={filtered?.marks} sellers={sellers} onChange={change} />
      {error !== null && <ErrorNote title="The prices could not be read" error={error} onRetry={retry} />}
      {(rates !== undefined || error === null) && (
        <RateList
          rates={rates}
          filtered={isFiltered(filters)}
          sort={sort}
          isDescending={isDescending}
          onSort={toggleSort}
        />
      )}
    </Stack>
  );
}
