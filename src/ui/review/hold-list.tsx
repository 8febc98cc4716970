"use client";

import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import { HoldRow, type Verb } from "#/ui/review/hold-row.tsx";
import type { Hold } from "#/ui/review/hold-words.model.ts";
import classes from "#/ui/review/review.module.css";
import { useWindowRows } from "#/ui/table/use-window-rows.ts";

type Props = Readonly<{
  holds: readonly Hold[];
  total: number;
  hrefOf: (id: string) => string;
  chosenId: string | undefined;
  shownId: string | undefined;
  selected: ReadonlySet<string>;
  /** A hold that is to get the focus as soon as it is in the list. */
  wantedId: string | undefined;
  onFocused: () => void;
  onChoose: (id: string) => void;
  onSelect: (id: string) => void;
  onAsk: (verb: Verb, hold: Hold) => void;
  onNearEnd: () => void;
  /** What opens below the chosen row where there is no room beside the list. */
  evidenceOf: (hold: Hold) => ReactNode;
}>;

const ROW_PX = 61;
const AHEAD = 30;
/** What the server draws, which does not know the screen. */
const FIRST_SCREEN = { width: 1_440, height: 900 };

/** Holds of any number, of which only those in sight are drawn. The list scrolls with the page. */
export function HoldList(props: Props) {
  const { holds, total, hrefOf, chosenId, shownId, selected, onChoose, onSelect, onAsk, onNearEnd, evidenceOf } = props;
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), []);
  const virtualizer = useWindowRows({
    count: holds.length,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => holds[index]?.id ?? index,
    overscan: 10,
    scrollMargin: top,
    initialOffset: 0,
    initialRect: FIRST_SCREEN,
  });
  const rows = virtualizer.getVirtualItems();
  useFocusWanted(props, list, (index) => virtualizer.scrollToIndex(index, { align: "center" }));
  const lastIndex = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastIndex > holds.length - AHEAD) onNearEnd();
  }, [holds.length, lastIndex, onNearEnd]);

  return (
    <div ref={list} role="list" aria-label="Held prices" className={classes["list"]}>
      <div style={{ height: virtualizer.getTotalSize() }} role="presentation">
        <div style={{ transform: `translateY(${(rows[0]?.start ?? top) - top}px)` }} role="presentation">
          {rows.map(({ index, key }) => {
            const hold = holds[index];
            if (hold === undefined) return null;
            return (
              <div
                key={key}
                role="listitem"
                aria-posinset={index + 1}
                aria-setsize={total}
                data-index={index}
                ref={virtualizer.measureElement}
              >
                <HoldRow
                  hold={hold}
                  href={hrefOf(hold.id)}
                  isChosen={hold.id === chosenId}
                  isShown={hold.id === shownId}
                  isSelected={selected.has(hold.id)}
                  onChoose={() => onChoose(hold.id)}
                  onSelect={() => onSelect(hold.id)}
                  onAsk={(verb) => onAsk(verb, hold)}
                >
                  {hold.id === chosenId && <div className={classes["below"]}>{evidenceOf(hold)}</div>}
                </HoldRow>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Gives the wanted hold the focus. One that is out of sight is scrolled to first, and drawn by the next render. */
function useFocusWanted(
  { holds, wantedId, onFocused }: Props,
  list: Readonly<{ current: HTMLElement | null }>,
  scrollTo: (index: number) => void,
): void {
  useEffect(() => {
    if (wantedId === undefined) return;
    const link = list.current?.querySelector<HTMLElement>(`[data-hold="${wantedId}"] a`);
    if (link === null || link === undefined) {
      const index = holds.findIndex(({ id }) => id === wantedId);
      if (index !== -1) scrollTo(index);
      return;
    }
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
    onFocused();
  });
}
