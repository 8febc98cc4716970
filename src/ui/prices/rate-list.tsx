"use client";

import { Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { RateRow, type ListedRate } from "#/ui/prices/rate-row.tsx";
import classes from "#/ui/prices/rate-list.module.css";

type Props = Readonly<{
  /** Undefined while the first page is on its way. */
  rates: readonly ListedRate[] | undefined;
  total: number | undefined;
  dimmed: boolean;
  filtered: boolean;
  onNearEnd: () => void;
}>;

const WIDE_ROW_PX = 45;
const COMPACT_ROW_PX = 62;
const AHEAD = 60;

/** A table of any length of which only the rows in sight are drawn. It scrolls with the page. */
export function RateList({ rates, total, dimmed, filtered, onNearEnd }: Props) {
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
  const lastIndex = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (loaded > 0 && lastIndex > loaded - AHEAD) onNearEnd();
  }, [loaded, lastIndex, onNearEnd]);

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
    <div
      className={classes["table"]}
      role="table"
      aria-label="Prices"
      aria-rowcount={(total ?? loaded) + 1}
      data-dimmed={dimmed}
    >
      <div role="rowgroup" className={classes["head"]}>
        <div role="row" aria-rowindex={1} className={classes["row"]}>
          <span role="columnheader">Model</span>
          <span role="columnheader">Seller</span>
          <span role="columnheader">From</span>
          <span role="columnheader" className={classes["context"]}>
            Context <span className={classes["unit"]}>tokens</span>
          </span>
          <Amount name="Input" />
          <Amount name="Output" />
          <Amount name="Cache read" />
          <span role="columnheader" className={classes["age"]}>
            Since
          </span>
        </div>
      </div>
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
            rate && (
              <RateRow
                key={`${rate.seller} ${rate.model} ${rate.variant}`}
                rate={rate}
                index={index}
                top={start - top}
                height={rowPx}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Amount({ name }: { name: string }) {
  return (
    <span role="columnheader" className={classes["amount"]}>
      {name} <span className={classes["unit"]}>$ / 1M tokens</span>
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
