"use client";

import { Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { EmptyNote } from "#/ui/feedback/empty-note.tsx";
import { OfferRow, type ListedOffer } from "#/ui/models/offer-row.tsx";
import classes from "#/ui/models/offer-list.module.css";

type Props = Readonly<{
  /** Undefined while the first page is on its way. */
  offers: readonly ListedOffer[] | undefined;
  total: number | undefined;
  dimmed: boolean;
  filtered: boolean;
  onNearEnd: () => void;
}>;

const WIDE_ROW_PX = 45;
const COMPACT_ROW_PX = 62;
const AHEAD = 60;

/** A table of any length of which only the rows in sight are drawn. It scrolls with the page. */
export function OfferList({ offers, total, dimmed, filtered, onNearEnd }: Props) {
  const compact = useMediaQuery("(max-width: 47.99em)", false);
  const rowPx = compact ? COMPACT_ROW_PX : WIDE_ROW_PX;
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const isLoading = offers === undefined;
  useLayoutEffect(() => setTop(body.current?.offsetTop ?? 0), [isLoading, compact]);

  const loaded = offers?.length ?? 0;
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

  if (offers?.length === 0) {
    return (
      <EmptyNote title={filtered ? "No offer matches" : "The book is empty"}>
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
      aria-label="Offers"
      aria-rowcount={(total ?? loaded) + 1}
      data-dimmed={dimmed}
    >
      <div role="rowgroup" className={classes["head"]}>
        <div role="row" aria-rowindex={1} className={classes["row"]}>
          <span role="columnheader">Model</span>
          <span role="columnheader">Seller</span>
          <span role="columnheader">Source</span>
          <Amount name="Input" />
          <Amount name="Output" />
          <Amount name="Cache read" />
          <span role="columnheader" className={classes["age"]}>
            Read
          </span>
        </div>
      </div>
      <div
        ref={body}
        role="rowgroup"
        className={classes["body"]}
        style={{ height: offers === undefined ? 12 * rowPx : virtualizer.getTotalSize() }}
      >
        {offers === undefined &&
          Array.from({ length: 12 }, (_, row) => <LoadingRow key={row} top={row * rowPx} height={rowPx} />)}
        {rows.map(({ index, start }) => {
          const offer = offers?.[index];
          return (
            offer && (
              <OfferRow
                key={`${offer.source} ${offer.seller} ${offer.model} ${offer.variant}`}
                offer={offer}
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
