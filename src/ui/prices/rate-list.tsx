"use client";

import { Skeleton } from "@mantine/core";
import {
  memo,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
} from "react";
import { priceKeyText, type PriceRow } from "#/terms/price-table.ts";
import { ListHead, type Sorting } from "#/ui/prices/list-head.tsx";
import { shownColumns } from "#/ui/prices/price-columns.model.ts";
import { RateRow } from "#/ui/prices/rate-row.tsx";
import classes from "#/ui/prices/rate-list.module.css";
import { useStyleNumber } from "#/ui/table/use-style-number.ts";
import { useWindowRows } from "#/ui/table/use-window-rows.ts";

type Props = Sorting &
  Readonly<{
    /** Undefined while the list is on its way. */
    rates: readonly PriceRow[] | undefined;
    /** There are more than these, on their way. */
    isPart: boolean;
    hiddenColumns: readonly string[];
    chosen: ReadonlySet<string>;
    canChoose: boolean;
    onChoose: (key: string) => void;
  }>;

/** The height of `--row` where there is room for columns, in pixels. */
const WIDE_ROW_PX = 46;
const LOADING_ROWS = 12;
const MOST_FRAMES_TO_A_ROW = 120;
/** What stands above the rows and stays there while they scroll: the bar of the page and the headings. */
const STICKY_PX = 56 + 50;

/** A table of any length of which only the rows in sight are drawn. It scrolls with the page. */
export const RateList = memo(function RateList(props: Props) {
  const { rates, isPart, hiddenColumns, chosen, canChoose, onChoose, ...sorting } = props;
  const table = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const rowPx = useStyleNumber(table, "--row", WIDE_ROW_PX);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    if (body.current !== null) setTop(body.current.getBoundingClientRect().top + window.scrollY);
  }, [rowPx]);

  const total = rates?.length ?? LOADING_ROWS;
  const virtualizer = useWindowRows({
    count: total,
    estimateSize: () => rowPx,
    overscan: 4,
    scrollMargin: top,
    scrollPaddingStart: STICKY_PX,
    // The server draws the rows for which a usual screen has room below the filters.
    initialRect: { width: 1_440, height: 600 },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const onKeyDown = useRowKeys(body, total, (index) => virtualizer.scrollToIndex(index));

  const columns = shownColumns(hiddenColumns);
  const style: CSSProperties & Record<"--tracks", string> = {
    "--tracks": ["18px", ...columns.map(({ track }) => track)].join(" "),
  };
  return (
    <div className={classes["frame"]}>
      <div
        ref={table}
        className={classes["table"]}
        style={style}
        role="table"
        aria-label="Prices"
        aria-rowcount={isPart || rates === undefined ? -1 : total + 1}
        aria-busy={rates === undefined}
      >
        <ListHead columns={columns} {...sorting} />
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys move between the links inside */}
        <div
          ref={body}
          role="rowgroup"
          className={classes["body"]}
          style={{ height: `calc(var(--row) * ${total})` }}
          onKeyDown={onKeyDown}
        >
          {virtualizer.getVirtualItems().map(({ index }) => {
            const rate = rates?.[index];
            if (rate === undefined) return <LoadingRow key={index} index={index} />;
            const key = priceKeyText(rate);
            return (
              <RateRow
                key={key}
                rate={rate}
                index={index}
                hiddenColumns={hiddenColumns}
                isChosen={chosen.has(key)}
                canChoose={canChoose}
                onChoose={onChoose}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
});

/** Arrows, Home and End move from the link of one row to that of another, which may not be drawn yet. */
function useRowKeys(body: RefObject<HTMLElement | null>, total: number, scrollTo: (index: number) => void) {
  const [wanted, setWanted] = useState<number>();
  useEffect(() => {
    if (wanted === undefined) return undefined;
    let framesLeft = MOST_FRAMES_TO_A_ROW;
    const focus = () => {
      const link = body.current?.querySelector<HTMLElement>(`[data-index="${wanted}"] a`);
      framesLeft -= 1;
      // The row is drawn once the page has scrolled to it.
      if (!link && framesLeft > 0) {
        frame = requestAnimationFrame(focus);
        return;
      }
      link?.focus({ preventScroll: true });
      setWanted(undefined);
    };
    let frame = requestAnimationFrame(focus);
    return () => cancelAnimationFrame(frame);
  }, [wanted, body]);
  return (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement)) return;
    const row = event.target.closest<HTMLElement>("[data-index]");
    if (row === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = rowAfterKey(event.key, Number(row.dataset["index"]), total);
    if (target === undefined) return;
    event.preventDefault();
    scrollTo(target);
    setWanted(target);
  };
}

function rowAfterKey(key: string, index: number, total: number): number | undefined {
  if (key === "Home") return 0;
  if (key === "End") return total - 1;
  if (key === "ArrowDown") return Math.min(index + 1, total - 1);
  if (key === "ArrowUp") return Math.max(index - 1, 0);
  return undefined;
}

function LoadingRow({ index }: { index: number }) {
  return (
    <div role="row" className={classes["place"]} style={{ top: `calc(var(--row) * ${index})` }}>
      <Skeleton role="cell" h={18} />
    </div>
  );
}
