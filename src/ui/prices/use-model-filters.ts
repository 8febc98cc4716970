"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { filterQuery, readFilters, type ModelFilters } from "#/ui/prices/model-filters.model.ts";

/** The filters as the address has them, and a way to change them there without a trip to the server. */
export function useModelFilters(): readonly [ModelFilters, (change: Partial<ModelFilters>) => void] {
  const query = useSearchParams();
  const filters = useMemo(() => readFilters(query), [query]);
  const change = useCallback((part: Partial<ModelFilters>) => {
    const current = readFilters(new URLSearchParams(location.search));
    history.replaceState(null, "", `${location.pathname}${filterQuery({ ...current, ...part })}`);
  }, []);
  return [filters, change];
}
