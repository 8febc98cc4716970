"use client";

import { Text } from "@mantine/core";
import { useEffect, useMemo, useRef } from "react";
import { Panel } from "#/ui/feedback/panel.tsx";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { logLines } from "#/ui/run/event-list.model.ts";
import classes from "#/ui/run/event-log.module.css";
import { clockTime, exactInstant } from "#/ui/time/time.model.ts";

const NEAR_THE_END_PX = 40;

/** Every event, the newest at the bottom; follows along unless the reader has scrolled up. */
export function EventLog({ events }: { events: readonly SyncEvent[] }) {
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lines = useMemo(() => logLines(events), [events]);
  useEffect(() => {
    if (following.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const { current } = box;
    if (current !== null)
      following.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_THE_END_PX;
  };
  return (
    <Panel title="Event log" flush>
      <div
        ref={box}
        className={classes["box"]}
        onScroll={onScroll}
        role="log"
        aria-label="Event log"
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {lines.length === 0 && (
          <Text size="sm" c="dimmed" px={18}>
            Waiting for the first event…
          </Text>
        )}
        {lines.map(({ id, at, lastAt, kind, message, times }) => (
          <div key={id} className={classes["line"]} data-kind={kind}>
            <time dateTime={at} title={exactInstant(at)} className={classes["time"]}>
              {clockTime(lastAt)}
            </time>
            <span>
              {message}
              {times > 1 && <span className={classes["times"]}> ×{times}</span>}
            </span>
          </div>
        ))}
      </div>
    </Panel>
  );
}
