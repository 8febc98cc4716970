"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { filtersInAddress, readFilters, type ModelFilters } from "#/ui/prices/model-filters.model.ts";

/** The filters as the address has them, and a way to change them there without a trip to the server. */
export function useModelFilters(): readonly [ModelFilters, (change: Partial<ModelFilters>) => void] {
  const query = useSearchParams();
  const filters = useMemo(() => readFilters(query), [query]);
  const change = useCallback((part: Partial<ModelFilters>) => {
    const current = readFilters(new URLSearchParams(location.search));
    setInAddress(filtersInAddress({ ...current, ...part }));
  }, []);
  return [filters, change];
}
