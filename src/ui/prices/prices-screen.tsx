"use client";

import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconColumns3, IconDownload } from "@tabler/icons-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { startTransition, useCallback, useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { ErrorNote } from "#/ui/feedback/error-note.tsx";
import { SyncNowButton } from "#/ui/overview/sync-now-button.tsx";
import { CompareBar, MOST_COMPARED } from "#/ui/prices/compare-bar.tsx";
import { FilterBar } from "#/ui/prices/filter-bar.tsx";
import { isFiltered, NO_FILTERS } from "#/ui/prices/model-filters.model.ts";
import { useFirstRows, usePriceBook } from "#/ui/prices/price-book.ts";
import { filterPrices, PRICE_SORTS, sortPrices } from "#/ui/prices/price-filter.model.ts";
import { PriceTabs } from "#/ui/prices/price-tabs.tsx";
import { RateList } from "#/ui/prices/rate-list.tsx";
import { useModelFilters } from "#/ui/prices/use-model-filters.ts";
import { useSort } from "#/ui/table/use-sort.ts";

// What places a menu beside its button is a tenth of a page's code; the buttons are there before it.
const ColumnsMenu = dynamic(() => import("#/ui/prices/columns-menu.tsx").then((module) => module.ColumnsMenu), {
  ssr: false,
  loading: () => <MenuPlace label="Columns" icon={<IconColumns3 size={15} aria-hidden />} />,
});
const ExportMenu = dynamic(() => import("#/ui/prices/export-menu.tsx").then((module) => module.ExportMenu), {
  ssr: false,
  loading: () => <MenuPlace label="Export" icon={<IconDownload size={15} aria-hidden />} />,
});

function MenuPlace({ label, icon }: { label: string; icon: ReactNode }) {
  return (
    <Button variant="default" size="xs" leftSection={icon}>
      {label}
    </Button>
  );
}

/** Every price in force, found, sorted and compared in the browser. */
export function PricesScreen() {
  const [filters, change] = useModelFilters();
  const [[sorting], toggleSort] = useSort("sort");
  const { book: newest, error, retry } = usePriceBook();
  // Thousands of rows that have come or changed are put in place when there is time.
  const book = useDeferredValue(newest);
  const [hidden, setHidden] = useLocalStorage<string[]>({ key: "ratebook-price-columns-hidden", defaultValue: [] });
  const [chosen, toggle, clear] = useChosen();
  const sort = PRICE_SORTS.find((known) => known === sorting?.id) ?? "name";
  const isDescending = sort === sorting?.id && sorting.desc;
  const [search, type] = useTyped(filters.search);
  // The address follows what is typed and says the same then, for which nothing is filtered again.
  const { source, seller, state, mark, context, mode } = filters;
  const asked = useMemo(
    () => ({ search, source, seller, state, mark, context, mode }),
    [search, source, seller, state, mark, context, mode],
  );
  const sorted = useMemo(() => book && sortPrices(book.index, sort, isDescending), [book, sort, isDescending]);
  const filtered = useMemo(() => sorted && filterPrices(sorted, asked), [sorted, asked]);
  const firstRows = useFirstRows(filters);
  const rates = filtered?.rows ?? (sort === "name" && !isDescending ? firstRows : undefined);
  const compared = useMemo(() => [...chosen].flatMap((key) => book?.rows.get(key) ?? []), [chosen, book]);

  return (
    <Stack gap="md">
      <Group justify="space-between" align="baseline" gap="xs">
        <Title order={1} size="h2">
          Prices
        </Title>
        <Group gap="xs">
          <Text c="dimmed" size="sm" role="status" className="tabular" mih={20} mr="xs">
            {filtered && countOf(filtered.rows.length, "price")}
          </Text>
          <ColumnsMenu hidden={hidden} onChange={setHidden} />
          <ExportMenu filters={asked} total={filtered?.rows.length} />
        </Group>
      </Group>
      <PriceTabs />
      <FilterBar
        filters={filters}
        marks={filtered?.marks}
        words={book?.words}
        sorting={sorting}
        onType={type}
        onChange={change}
      />
      {error !== null && (
        <ErrorNote
          title={
            book === undefined ? "The prices could not be read" : "What has changed in the prices could not be read"
          }
          error={error}
          onRetry={retry}
        />
      )}
      {rates?.length === 0 && filtered !== undefined && (
        <NoPrices filtered={isFiltered(asked)} onClear={() => change(NO_FILTERS)} />
      )}
      {!(rates?.length === 0 && filtered !== undefined) && (rates !== undefined || error === null) && (
        <RateList
          rates={rates}
          isPart={filtered === undefined}
          hiddenColumns={hidden}
          chosen={chosen}
          canChoose={chosen.size < MOST_COMPARED}
          onChoose={toggle}
          sort={sort}
          isDescending={isDescending}
          onSort={toggleSort}
        />
      )}
      {compared.length > 0 && <CompareBar rows={compared} onClear={clear} />}
    </Stack>
  );
}

/** What is searched for: what was just typed, until the address has it or says something else. */
function useTyped(inAddress: string): readonly [string, (text: string) => void] {
  const [typed, setTyped] = useState({ text: inAddress, over: inAddress });
  if (typed.over !== inAddress) setTyped({ text: inAddress, over: inAddress });
  // What is typed shows at once; the list follows when there is time.
  const type = useCallback(
    (text: string) => startTransition(() => setTyped({ text: text.trim(), over: inAddress })),
    [inAddress],
  );
  return [typed.text, type];
}

/** The keys of the chosen rows, in the order in which they were chosen. */
function useChosen(): readonly [ReadonlySet<string>, (key: string) => void, () => void] {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback(
    (key: string) =>
      setChosen((before) => {
        const after = new Set(before);
        if (!after.delete(key) && after.size < MOST_COMPARED) after.add(key);
        return after;
      }),
    [],
  );
  const clear = useCallback(() => setChosen(new Set()), []);
  return [chosen, toggle, clear];
}

function NoPrices({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (!filtered)
    return (
      <EmptyNote title="There are no prices yet">
        <Stack gap="sm" align="center" mt="xs">
          <span>
            A sync reads them from the enabled{" "}
            <Anchor component={Link} href="/sources" inherit>
              sources
            </Anchor>
            .
          </span>
          <SyncNowButton />
        </Stack>
      </EmptyNote>
    );
  return (
    <EmptyNote title="No price matches">
      <Stack gap="sm" align="center" mt="xs">
        <span>All the words must occur in the seller, the model or the variant.</span>
        <Button variant="default" size="xs" onClick={onClear}>
          Clear the filters
        </Button>
      </Stack>
    </EmptyNote>
  );
}
