"use client";

import { Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { count } from "#/ui/feedback/count.model.ts";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { LEAST_CONTEXTS, OFFER_MARKS, type ModelFilters, type OfferMark } from "#/ui/prices/model-filters.model.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import { useTRPC } from "#/ui/trpc.tsx";
import { OFFER_STATES } from "#/terms/offer.ts";

type Props = Readonly<{
  filters: ModelFilters;
  /** How many prices carry each mark, among those that the other filters let through. */
  marks: Readonly<Record<OfferMark, number>> | undefined;
  /** All sellers that have a price, in order. */
  sellers: readonly string[];
  onChange: (change: Partial<ModelFilters>) => void;
}>;

export function FilterBar({ filters, marks, sellers, onChange }: Props) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.sources.list.queryOptions());
  const names = data?.sources.map(({ name }) => name) ?? [];
  return (
    <Group gap="sm" role="search" aria-label="Models">
      <SearchBox
        label="Search models, sellers and variants"
        placeholder="Search models, sellers, variants"
        search={filters.search}
        onChange={(search) => onChange({ search })}
      />
      <NativeSelect
        aria-label="Source"
        value={filters.source ?? ""}
        data={[{ value: "", label: "All sources" }, ...withChosen(names, filters.source)]}
        onChange={({ currentTarget }) => onChange({ source: currentTarget.value || undefined })}
      />
      <NativeSelect
        aria-label="Seller"
        value={filters.seller ?? ""}
        data={[{ value: "", label: "All sellers" }, ...withChosen(sellers, filters.seller)]}
        onChange={({ currentTarget }) => onChange({ seller: currentTarget.value || undefined })}
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
          { value: "", label: "With or without a mark" },
          ...OFFER_MARKS.map((mark) => ({
            value: mark,
            label: marks === undefined ? MARK_WORDS[mark] : `${MARK_WORDS[mark]} (${count(marks[mark])})`,
          })),
        ]}
        onChange={({ currentTarget }) => onChange({ mark: OFFER_MARKS.find((mark) => mark === currentTarget.value) })}
      />
      <FactFilters filters={filters} onChange={onChange} />
    </Group>
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

/** Narrows the list by what catalogues say beside the price. */
function FactFilters({ filters, onChange }: Omit<Props, "marks" | "sellers">) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.prices.factWords.queryOptions(undefined, { staleTime: 300_000 }));
  return (
    <>
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
      <NativeSelect
        aria-label="Mode"
        value={filters.mode ?? ""}
        data={[{ value: "", label: "All modes" }, ...withChosen(data?.modes, filters.mode)]}
        onChange={({ currentTarget }) => onChange({ mode: currentTarget.value || undefined })}
      />
    </>
  );
}

/** What an address asks for can be chosen even when no source says it. */
function withChosen(words: readonly string[] = [], chosen: string | undefined): string[] {
  return chosen === undefined || words.includes(chosen) ? [...words] : [...words, chosen];
}
