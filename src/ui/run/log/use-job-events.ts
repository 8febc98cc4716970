"use client";

import { useEffect, useState } from "react";
import { useLive } from "#/ui/live/live-provider.tsx";
import type { SyncEvent } from "#/ui/live/sync-event.ts";
import { addEvent, NO_EVENTS, type EventList } from "#/ui/run/log/event-list.model.ts";

/** Every event of one sync, from its first to the present; a reconnect goes on after the last one seen. */
export function useJobEvents(jobId: string): readonly SyncEvent[] {
  const { listen, focusJob } = useLive();
  const [list, setList] = useState<EventList>(NO_EVENTS);
  useEffect(() => {
    const unlisten = listen((event) => {
      if (event.jobId === jobId) setList((seen) => addEvent(seen, event));
    });
    const unfocus = focusJob(jobId);
    return () => {
      unlisten();
      unfocus();
    };
  }, [listen, focusJob, jobId]);
  return list;
}
