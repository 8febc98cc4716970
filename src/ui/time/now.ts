"use client";

import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

// One timer for every clock on the page; it stops when none is shown.
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((notify) => notify()), 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const onTheServer = () => undefined;
const currentSecond = () => Math.floor(Date.now() / 1_000) * 1_000;

/** The present, in whole seconds as ms since the epoch, ticking; undefined while the server renders. */
export function useNow(): number | undefined {
  return useSyncExternalStore<number | undefined>(subscribe, currentSecond, onTheServer);
}
