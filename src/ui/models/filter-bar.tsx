"use client";

import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { OFFER_STATES } from "#/price/offer.ts";
import type { ModelFilters } from "#/ui/models/model-filters.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

const TYPING_PAUSE_MS = 120;

type Props = Readonly<{ filters: ModelFilters; onChange: (change: Partial<ModelFilters>) => void }>;

export function FilterBar({ filters, onChange }: Props) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.sources.list.queryOptions());
  const names = data?.sources.map(({ name }) => name) ?? [];
  const known = filters.source === undefined || names.includes(filters.source) ? names : [...names, filters.source];
  return (
    <Group gap="sm" role="search" aria-label="Models">
      <SearchBox key="search" search={filters.search} onChange={(search) => onChange({ search })} />
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
    </Group>
  );
}

function SearchBox({ search, onChange }: { search: string; onChange: (search: string) => void }) {
  const [text, setText] = useState(search);
  const sent = useRef(search);
  const send = useDebouncedCallback((value: string) => {
    sent.current = value.trim();
    onChange(value);
  }, TYPING_PAUSE_MS);
  // The address may change by other means: a link, or the back button.
  useEffect(() => {
    if (search === sent.current) return;
    sent.current = search;
    setText(search);
  }, [search]);
  return (
    <TextInput
      type="search"
      aria-label="Search models, sellers and variants"
      placeholder="Search models, sellers, variants"
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      maxLength={200}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        send(currentTarget.value);
      }}
      flex="1 1 260px"
      autoComplete="off"
      spellCheck={false}
    />
  );
}
