"use client";

import { useDebouncedCallback } from "@mantine/hooks";
import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { setInAddress } from "#/ui/address/set-in-address.ts";
import { useForeignChange } from "#/ui/address/use-foreign-change.ts";
import { readHoldId } from "#/ui/review/review-filters.model.ts";

/** Browsers refuse more than a few changes of the address in a second; a key that is held down makes thirty. */
const PAUSE_MS = 120;

/** The hold that is chosen, which the address names too. */
export function useChosenHold() {
  const inAddress = readHoldId(useSearchParams());
  const [id, setId] = useState(inAddress);
  /** What was chosen last, which the page may not have drawn yet. */
  const latest = useRef(id);
  const choose = useCallback((next: string | undefined) => {
    latest.current = next;
    setId(next);
  }, []);
  const isWriting = useForeignChange(inAddress, choose);
  const write = useDebouncedCallback((next: string | undefined) => {
    isWriting(next);
    setInAddress({ hold: next });
  }, PAUSE_MS);
  // The back button can be quicker than the router says what it leads back from.
  useEffect(() => {
    const follow = () => {
      const present = readHoldId(new URLSearchParams(location.search));
      write.cancel();
      isWriting(present);
      choose(present);
    };
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [write, isWriting, choose]);
  /** Goes to a hold, as by a key or after a decision; the back button does not count it. */
  const moveTo = useCallback(
    (next: string | undefined) => {
      choose(next);
      write(next);
    },
    [choose, write],
  );
  /** Opens a hold, as by a click; the back button leads to the one before. */
  const open = useCallback(
    (next: string) => {
      write.flush();
      history.pushState(null, "", location.href);
      moveTo(next);
      write.flush();
    },
    [moveTo, write],
  );
  return {
    id,
    latest: () => latest.current,
    moveTo,
    open,
    /** Before the page is left: the way back leads to the hold. */
    keep: () => write.flush(),
  };
}
