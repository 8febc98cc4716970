"use client";

import { Group, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RUN_KINDS } from "#/terms/job-kind.ts";
import { JOB_STATUSES } from "#/terms/job-status.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { RUN_KIND_WORDS } from "#/ui/run/run-kind-words.model.ts";
import type { SyncFilters } from "#/ui/syncs/sync-filters.model.ts";
import { useTRPC } from "#/ui/trpc.tsx";

/** Narrows the list of runs; what is chosen stands in the address. */
export function SyncFilterBar({ filters: { status, kind, source, by, from, to } }: { filters: SyncFilters }) {
  const { data } = useQuery(useTRPC().sources.list.queryOptions());
  const names = data?.sources.map(({ name }) => name) ?? [];
  const known = source === undefined || names.includes(source) ? names : [...names, source];
  return (
    <Group gap="sm" role="search" aria-label="Syncs" align="end">
      <SearchBox
        label="Search who started it"
        placeholder="Search who started it"
        search={by}
        onChange={(text) => setInAddress({ by: text })}
      />
      <NativeSelect
        aria-label="Status"
        value={status ?? ""}
        data={[{ value: "", label: "Any status" }, ...JOB_STATUSES]}
        onChange={({ currentTarget: { value } }) => setInAddress({ status: value })}
      />
      <NativeSelect
        aria-label="Kind"
        value={kind ?? ""}
        data={[
          { value: "", label: "Any kind" },
          ...RUN_KINDS.map((value) => ({ value, label: RUN_KIND_WORDS[value] })),
        ]}
        onChange={({ currentTarget: { value } }) => setInAddress({ kind: value })}
      />
      <NativeSelect
        aria-label="Source"
        value={source ?? ""}
        data={[{ value: "", label: "Any source" }, ...known]}
        onChange={({ currentTarget: { value } }) => setInAddress({ source: value })}
      />
      <TextInput
        type="date"
        aria-label="From this day"
        value={from ?? ""}
        onChange={({ currentTarget: { value } }) => setInAddress({ from: value })}
      />
      <TextInput
        type="date"
        aria-label="To this day"
        value={to ?? ""}
        onChange={({ currentTarget: { value } }) => setInAddress({ to: value })}
      />
    </Group>
  );
}
