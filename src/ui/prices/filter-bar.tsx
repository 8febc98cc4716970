"use client";

import { Group, NativeSelect, SimpleGrid, Stack } from "@mantine/core";
import { memo } from "react";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { count } from "#/ui/feedback/count.model.ts";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { LEAST_CONTEXTS, OFFER_MARKS, type ModelFilters, type OfferMark } from "#/ui/prices/model-filters.model.ts";
import type { PriceBookWords } from "#/ui/prices/price-book.model.ts";
import { PRICE_COLUMNS } from "#/ui/prices/price-columns.model.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import { OFFER_STATES } from "#/terms/offer.ts";

type Props = Readonly<{
  filters: ModelFilters;
  /** How many prices carry each mark, among those that the other filters let through. */
  marks: Readonly<Record<OfferMark, number>> | undefined;
  /** What there is to choose from; undefined until the list has come. */
  words: PriceBookWords | undefined;
  /** How the address sorts the list. */
  sorting: Readonly<{ id: string; desc: boolean }> | undefined;
  /** Told of every key in the search box; `onChange` waits for a pause. */
  onType: (text: string) => void;
  onChange: (change: Partial<ModelFilters>) => void;
}>;

export function FilterBar({ filters, marks, words, sorting, onType, onChange }: Props) {
  return (
    <Stack gap="xs" role="search" aria-label="Prices">
      <Group>
        <SearchBox
          label="Search models, sellers and variants"
          placeholder="Search models, sellers, variants"
          search={filters.search}
          onType={onType}
          onChange={(search) => onChange({ search })}
        />
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="xs" verticalSpacing="xs">
        <Choice
          name="Seller"
          all="All sellers"
          words={words?.sellers}
          chosen={filters.seller}
          field="seller"
          onChange={onChange}
        />
        <Choice
          name="Source"
          all="All sources"
          words={words?.sources}
          chosen={filters.source}
          field="source"
          onChange={onChange}
        />
        <NativeSelect
          aria-label="State"
          value={filters.state ?? ""}
          data={[{ value: "", label: "All states" }, ...OFFER_STATES]}
          onChange={({ currentTarget }) =>
            onChange({ state: OFFER_STATES.find((state) => state === currentTarget.value) })
          }
        />
        <NativeSelect
          aria-label="Mark"
          value={filters.mark ?? ""}
          data={[
            { value: "", label: "Marked or not" },
            ...OFFER_MARKS.map((mark) => ({
              value: mark,
              label: marks === undefined ? MARK_WORDS[mark] : `${MARK_WORDS[mark]} (${count(marks[mark])})`,
            })),
          ]}
          onChange={({ currentTarget }) => onChange({ mark: OFFER_MARKS.find((mark) => mark === currentTarget.value) })}
        />
        <NativeSelect
          aria-label="Least context"
          value={filters.context ?? ""}
          data={[
            { value: "", label: "Any context" },
            ...LEAST_CONTEXTS.map((least) => ({ value: String(least), label: `${tokenCount(least)} tokens or more` })),
          ]}
          onChange={({ currentTarget }) =>
            onChange({ context: LEAST_CONTEXTS.find((least) => String(least) === currentTarget.value) })
          }
        />
        <Choice
          name="Mode"
          all="All modes"
          words={words?.modes}
          chosen={filters.mode}
          field="mode"
          onChange={onChange}
        />
        <SortChoice sorting={sorting} />
      </SimpleGrid>
    </Stack>
  );
}

const MARK_WORDS: Readonly<Record<(typeof OFFER_MARKS)[number], string>> = {
  held: "held",
  pinned: "pinned",
  stale: "stale",
  missing: "missing",
  delisted: "delisted",
  sunset: "sunset within 30 days",
};

type ChoiceProps = Readonly<{
  name: string;
  /** What it says when nothing is chosen. */
  all: string;
  words: readonly string[] | undefined;
  chosen: string | undefined;
  field: "seller" | "source" | "mode";
  onChange: Props["onChange"];
}>;

// Hundreds of sellers are not drawn again for every key in the search box.
const Choice = memo(function Choice({ name, all, words = [], chosen, field, onChange }: ChoiceProps) {
  // What an address asks for can be chosen even when the list does not have it.
  const known = chosen === undefined || words.includes(chosen) ? words : [...words, chosen];
  return (
    <NativeSelect
      aria-label={name}
      value={chosen ?? ""}
      data={[{ value: "", label: all }, ...known]}
      onChange={({ currentTarget }) => onChange({ [field]: currentTarget.value || undefined })}
    />
  );
});

/** The order of the list, where it has no headings to press. */
function SortChoice({ sorting }: Pick<Props, "sorting">) {
  const value = sorting === undefined ? "" : `${sorting.desc ? "-" : ""}${sorting.id}`;
  const orders = PRICE_COLUMNS.flatMap(({ id, head }) => [
    { value: id === "name" ? "" : id, label: `By ${head.toLowerCase()}, up` },
    { value: `-${id}`, label: `By ${head.toLowerCase()}, down` },
  ]);
  return (
    <NativeSelect
      hiddenFrom="lg"
      aria-label="Order"
      value={orders.some((order) => order.value === value) ? value : ""}
      data={orders}
      onChange={({ currentTarget }) => setInAddress({ sort: currentTarget.value })}
    />
  );
}
