"use client";

import { Paper, Text } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type SyntheticEvent } from "react";
import { countOf } from "#/ui/feedback/count.model.ts";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { logLines } from "#/ui/run/log/event-list.model.ts";
import classes from "#/ui/run/log/event-log.module.css";
import { clockTime, exactInstant } from "#/ui/time/time.model.ts";

const NEAR_THE_END_PX = 40;

type Props = Readonly<{
  events: readonly SyncEvent[];
  /** It is open at first; it never closes by itself. */
  startsOpen: boolean;
}>;

/** Every event, the newest at the bottom, folded away; follows along unless the reader has scrolled up. */
export function EventLog({ events, startsOpen }: Props) {
  const [isOpen, setIsOpen] = useState(startsOpen);
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lines = useMemo(() => logLines(events), [events]);
  useEffect(() => {
    if (following.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isOpen]);
  const onScroll = () => {
    const { current } = box;
    if (current !== null)
      following.current = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR_THE_END_PX;
  };
  const toggle = ({ currentTarget }: SyntheticEvent<HTMLDetailsElement>) => setIsOpen(currentTarget.open);
  return (
    <Paper withBorder component="details" open={isOpen} className={classes["fold"] ?? ""} onToggle={toggle}>
      <summary className={classes["summary"]}>
        Event log
        <span className={classes["times"]}>{lines.length > 0 && countOf(lines.length, "line")}</span>
      </summary>
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
    </Paper>
  );
}
