"use client";

import { Group, NativeSelect } from "@mantine/core";
import { HOLD_STATES } from "#/terms/hold.ts";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { count } from "#/ui/feedback/count.model.ts";
import { SearchBox } from "#/ui/feedback/search-box.tsx";
import { REASON_WORDS } from "#/ui/review/hold-words.model.ts";
import { FACTORS, type ReviewFilters } from "#/ui/review/review-filters.model.ts";

const REASONS = Object.entries(REASON_WORDS).map(([value, label]) => ({ value, label }));

/** Narrows the list of holds; what is chosen stands in the address. */
export function ReviewFilterBar({ filters: { search, reason, overFactor, state } }: { filters: ReviewFilters }) {
  // A hold that was chosen in another list may not be in this one.
  const change = (part: Readonly<Record<string, string>>) => setInAddress({ ...part, hold: undefined });
  return (
    <Group gap="sm" role="search" aria-label="Holds">
      <SearchBox
        label="Search sellers and models"
        placeholder="Search sellers, models, sources"
        search={search}
        onChange={(q) => change({ q })}
      />
      <NativeSelect
        aria-label="Reason"
        value={reason ?? ""}
        data={[{ value: "", label: "Any reason" }, ...REASONS]}
        onChange={({ currentTarget: { value } }) => change({ reason: value })}
      />
      <NativeSelect
        aria-label="Factor"
        value={overFactor ?? ""}
        data={[
          { value: "", label: "Any factor" },
          ...FACTORS.map((factor) => ({ value: String(factor), label: `Over ×${count(factor)}` })),
        ]}
        onChange={({ currentTarget: { value } }) => change({ over: value })}
      />
      <NativeSelect
        aria-label="State"
        value={state}
        data={HOLD_STATES.map((value) => ({ value, label: `${value.charAt(0).toUpperCase()}${value.slice(1)}` }))}
        onChange={({ currentTarget: { value } }) => change({ state: value === "open" ? "" : value })}
      />
    </Group>
  );
}
