import type { SyncEvent } from "#/ui/live/sync-event.ts";

export type EventList = readonly SyncEvent[];
export const NO_EVENTS: EventList = [];

/** Keeps events once each, in the order of their ids, whatever a replay brings again. */
export function addEvent(list: EventList, event: SyncEvent): EventList {
  const last = list.at(-1);
  if (last === undefined || BigInt(event.id) > BigInt(last.id)) return [...list, event];
  if (list.some(({ id }) => id === event.id)) return list;
  return [...list, event].toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

export type LogLine = Readonly<{
  id: string;
  at: string;
  lastAt: string;
  kind: SyncEvent["kind"];
  message: string;
  times: number;
}>;

/** The log as people read it: the same progress said many times in a row is one line that counts. */
export function logLines(events: EventList): LogLine[] {
  const lines: LogLine[] = [];
  for (const { id, at, kind, data } of events) {
    const last = lines.at(-1);
    if (last !== undefined && kind === "progress" && last.kind === "progress" && last.message === data.message) {
      lines[lines.length - 1] = { ...last, lastAt: at, times: last.times + 1 };
      continue;
    }
    lines.push({ id, at, lastAt: at, kind, message: data.message, times: 1 });
  }
  return lines;
}
