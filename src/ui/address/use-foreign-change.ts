"use client";

import { useCallback, useEffect, useEffectEvent, useRef } from "react";

/**
 * Tells when the address asks for something that the page did not write there itself: by a link, another filter, or the back button.
 * The router says late what was written, and on a busy machine what was written before it, too; neither is news to the page.
 *
 * @param said what the router says that the address asks for
 * @returns what the page calls with each value before it writes it into the address
 */
export function useForeignChange<T>(said: T, onChange: (value: T) => void): (value: T) => void {
  /** Values that were written and that the router has not said yet, the earliest first. */
  const unsaid = useRef<readonly T[]>([]);
  const last = useRef(said);
  const tell = useEffectEvent(onChange);
  useEffect(() => {
    last.current = said;
    const at = unsaid.current.indexOf(said);
    unsaid.current = at === -1 ? [] : unsaid.current.slice(at + 1);
    if (at === -1) tell(said);
  }, [said]);
  return useCallback((value: T) => {
    const before = unsaid.current.length === 0 ? last.current : unsaid.current.at(-1);
    if (value !== before) unsaid.current = [...unsaid.current, value];
  }, []);
}
