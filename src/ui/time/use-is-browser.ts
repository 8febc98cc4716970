"use client";

import { useSyncExternalStore } from "react";

const subscribe = () => () => {};

/**
 * Whether the reader's browser draws, whose zone the server does not know. False only while a page takes over what the server drew:
 * what is drawn later is right at once, and not drawn twice.
 */
export function useIsBrowser(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
}
