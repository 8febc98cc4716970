"use client";

import { Group, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { count } from "#/ui/feedback/count.model.ts";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { OFFER_MARKS, type ModelFilters } from "#/ui/models/model-filters.model.ts";
import { useTRPC, type Outputs } from "#/ui/trpc.tsx";
import { OFFER_STATES } from "#/terms/offer.ts";

type Props = Readonly<{
  filters: ModelFilters;
  /** How many prices carry each mark, among those that the other filters let through. */
  marks: Outputs["prices"]["list"]["marks"] | undefined;
  onChange: (change: Partial<ModelFilters>) => void;
}>;

export function FilterBar({ filters, marks, onChange }: Props) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.sources.list.queryOptions());
  const names = data?.sources.map(({ name }) => name) ?? [];
  const known = filters.source === undefined || names.includes(filters.source) ? names : [...names, filters.source];
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
        data={[{ value: "", label: "All sources" }, ...known]}
        onChange={({ currentTarget }) => onChange({ source: currentTarget.value || undefined })}
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
            label: marks === undefined ? mark : `${mark} (${count(marks[mark])})`,
          })),
        ]}
        onChange={({ currentTarget }) => onChange({ mark: OFFER_MARKS.find((mark) => mark === currentTarget.value) })}
      />
    </Group>
  );
}
