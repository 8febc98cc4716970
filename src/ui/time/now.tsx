"use client";

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";

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

const currentSecond = () => Math.floor(Date.now() / 1_000) * 1_000;

const RenderedAt = createContext<number | undefined>(undefined);

/** `renderedAt`: when the server rendered the page, in ms since the epoch. The browser starts from it. */
export function NowProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

/** The present, in whole seconds as ms since the epoch, ticking. While the server renders it is the server's present. */
export function useNow(): number {
  return useOfNow((now) => now);
}

/** What is said of the present, such as an age in words; drawn again only when the words change, not each second. */
export function useOfNow<Words extends string | number>(describe: (now: number) => Words): Words {
  const renderedAt = useContext(RenderedAt);
  if (renderedAt === undefined) throw new Error("a clock needs a NowProvider around it");
  return useSyncExternalStore(
    subscribe,
    () => describe(currentSecond()),
    () => describe(renderedAt),
  );
}
