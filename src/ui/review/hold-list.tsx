"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { useHoldOptions } from "#/ui/review/hold-reader.tsx";
import { HoldRow, type Verb } from "#/ui/review/hold-row.tsx";
import type { Hold } from "#/ui/review/hold-words.model.ts";
import classes from "#/ui/review/review.module.css";
import { useStyleNumber } from "#/ui/table/use-style-number.ts";
import { useWindowRows } from "#/ui/table/use-window-rows.ts";

type Props = Readonly<{
  /** Of all holds that the list has, also those that are not read yet. */
  ids: readonly string[];
  hrefOf: (id: string) => string;
  chosenId: string | undefined;
  shownId: string | undefined;
  selected: ReadonlySet<string>;
  /** A hold that is to get the focus as soon as it is in the list. */
  wantedId: string | undefined;
  /** The evidence stands beside the list, where the verbs are too. */
  isBeside: boolean;
  onFocused: () => void;
  onChoose: (id: string) => void;
  onSelect: (id: string) => void;
  onAsk: (verb: Verb, hold: Hold) => void;
  /** What opens below the chosen row where there is no room beside the list. */
  evidenceOf: (id: string) => ReactNode;
}>;

const ROW_PX = 61;
/** So many below those in sight are read with them, so that whoever walks through the list does not wait for each. */
const AHEAD = 50;
/** What the server draws, which does not know the screen. */
const FIRST_SCREEN = { width: 1_440, height: 900 };

/** Holds of any number, of which only those in sight are read and drawn. The list scrolls with the page. */
export function HoldList(props: Props) {
  const { ids, hrefOf, chosenId, shownId, selected, isBeside, onChoose, onSelect, onAsk, evidenceOf } = props;
  const list = useRef<HTMLDivElement>(null);
  const rowPx = useStyleNumber(list, "--row", ROW_PX);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const virtualizer = useWindowRows({
    count: ids.length,
    estimateSize: () => rowPx,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 6,
    scrollMargin: top,
    initialOffset: 0,
    initialRect: FIRST_SCREEN,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const rows = virtualizer.getVirtualItems();
  useReadAhead(ids, Math.floor((rows.at(-1)?.index ?? 0) / AHEAD));
  useFocusWanted(props, list, (index) => virtualizer.scrollToIndex(index, { align: "center" }));

  return (
    <div ref={list} role="list" aria-label="Held prices" className={classes["list"]}>
      {/* At least: until they are measured, rows may be higher than they are taken to be. */}
      <div style={{ minHeight: virtualizer.getTotalSize() }} role="presentation">
        <div style={{ transform: `translateY(${(rows[0]?.start ?? top) - top}px)` }} role="presentation">
          {rows.map(({ index, key }) => {
            const id = ids[index];
            if (id === undefined) return null;
            return (
              <div
                key={key}
                role="listitem"
                aria-posinset={index + 1}
                aria-setsize={ids.length}
                data-index={index}
                ref={virtualizer.measureElement}
              >
                <HoldRow
                  id={id}
                  href={hrefOf(id)}
                  isChosen={id === chosenId}
                  isShown={id === shownId}
                  isSelected={selected.has(id)}
                  isBeside={isBeside}
                  onChoose={onChoose}
                  onSelect={onSelect}
                  onAsk={onAsk}
                >
                  {id === chosenId && !isBeside && <div className={classes["below"]}>{evidenceOf(id)}</div>}
                </HoldRow>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Reads the holds from a block of the list to the end of the next one, those that are not known yet. */
function useReadAhead(ids: readonly string[], block: number): void {
  const queryClient = useQueryClient();
  const options = useHoldOptions();
  useEffect(() => {
    for (const id of ids.slice(block * AHEAD, (block + 2) * AHEAD)) void queryClient.prefetchQuery(options(id));
  }, [queryClient, options, ids, block]);
}

/** Gives the wanted hold the focus. One that is out of sight is scrolled to first, and drawn by the next render. */
function useFocusWanted(
  { ids, wantedId, onFocused }: Props,
  list: Readonly<{ current: HTMLElement | null }>,
  scrollTo: (index: number) => void,
): void {
  useEffect(() => {
    if (wantedId === undefined) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-hold="${wantedId}"] a`);
    if (link === null || link === undefined) {
      const index = ids.indexOf(wantedId);
      if (index !== -1) scrollTo(index);
      return;
    }
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
    onFocused();
  });
}
