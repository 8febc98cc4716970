"use client";

import { Skeleton, UnstyledButton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { priceKeyText, type PriceRow } from "#/terms/price-table.ts";
import type { PriceSort } from "#/ui/prices/price-filter.model.ts";
import { RateRow } from "#/ui/prices/rate-row.tsx";
import classes from "#/ui/prices/rate-list.module.css";

type Props = Readonly<{
  /** Undefined while the list is on its way. */
  rates: readonly PriceRow[] | undefined;
  filtered: boolean;
  sort: PriceSort;
  isDescending: boolean;
  onSort: (by: PriceSort) => void;
}>;

const WIDE_ROW_PX = 45;
const COMPACT_ROW_PX = 62;

/** A table of any length of which only the rows in sight are drawn. It scrolls with the page. */
export function RateList({ rates, filtered, sort, isDescending, onSort }: Props) {
  const compact = useMediaQuery("(max-width: 47.99em)", false);
  const rowPx = compact ? COMPACT_ROW_PX : WIDE_ROW_PX;
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const isLoading = rates === undefined;
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), [isLoading, compact]);

  const loaded = rates?.length ?? 0;
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled or passed on memoised
  const virtualizer = useWindowVirtualizer({
    count: loaded,
    estimateSize: () => rowPx,
    overscan: 12,
    scrollMargin: top,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const rows = virtualizer.getVirtualItems();

  if (rates?.length === 0) {
    return (
      <EmptyNote title={filtered ? "No price matches" : "The book is empty"}>
        {filtered
          ? "All the words must occur in the seller, the model or the variant."
          : "A sync reads prices into it."}
      </EmptyNote>
    );
  }
  return (
    <div className={classes["table"]} role="table" aria-label="Prices" aria-rowcount={loaded + 1}>
      <Head sort={sort} isDescending={isDescending} onSort={onSort} />
      <div
        ref={body}
        role="rowgroup"
        className={classes["body"]}
        style={{ height: rates === undefined ? 12 * rowPx : virtualizer.getTotalSize() }}
      >
        {rates === undefined &&
          Array.from({ length: 12 }, (_, row) => <LoadingRow key={row} top={row * rowPx} height={rowPx} />)}
        {rows.map(({ index, start }) => {
          const rate = rates?.[index];
          return (
            rate && <RateRow key={priceKeyText(rate)} rate={rate} index={index} top={start - top} height={rowPx} />
          );
        })}
      </div>
    </div>
  );
}

type Sorting = Pick<Props, "sort" | "isDescending" | "onSort">;

function Head(sorting: Sorting) {
  return (
    <div role="rowgroup" className={classes["head"]}>
      <div role="row" aria-rowindex={1} className={classes["row"]}>
        <SortHead by="name" name="Model" {...sorting} />
        <span role="columnheader">Seller</span>
        <span role="columnheader">From</span>
        <SortHead by="context" name="Context" unit="tokens" className={classes["context"]} {...sorting} />
        <SortHead by="input" name="Input" unit={PER_MILLION} className={classes["amount"]} {...sorting} />
        <SortHead by="output" name="Output" unit={PER_MILLION} className={classes["amount"]} {...sorting} />
        <SortHead by="cache" name="Cache read" unit={PER_MILLION} className={classes["amount"]} {...sorting} />
        <SortHead by="since" name="Since" className={classes["age"]} {...sorting} />
      </div>
    </div>
  );
}

const PER_MILLION = "$ / 1M tokens";

type SortHeadProps = Sorting & Readonly<{ by: PriceSort; name: string; unit?: string; className?: string | undefined }>;

function SortHead({ by, name, unit, className, sort, isDescending, onSort }: SortHeadProps) {
  const direction = isDescending ? "descending" : "ascending";
  return (
    <span role="columnheader" aria-sort={sort === by ? direction : "none"} className={className}>
      <UnstyledButton fz="inherit" fw="inherit" c="inherit" ta="inherit" onClick={() => onSort(by)}>
        {name} {sort === by && <span aria-hidden>{isDescending ? "↓" : "↑"}</span>}
        {unit !== undefined && <span className={classes["unit"]}>{unit}</span>}
      </UnstyledButton>
    </span>
  );
}

function LoadingRow({ top, height }: { top: number; height: number }) {
  return (
    <div role="row" style={{ position: "absolute", top: top + 12, left: 18, right: 18, height: height - 24 }}>
      <Skeleton role="cell" h="100%" />
    </div>
  );
}
