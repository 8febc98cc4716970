"use client";

import { useHotkeys, type HotkeyItem } from "@mantine/hooks";

type KeyVerbs = Readonly<Record<"j" | "k" | "Home" | "End" | "a" | "r" | "e" | "x" | "u", () => void>>;

/** Single keys that act on the page. None acts while somebody types, chooses in a menu or answers a dialog. */
export function useReviewKeys(verbs: KeyVerbs): void {
  const keys = Object.entries(verbs).map(([key, act]): HotkeyItem => {
    const take = (event: KeyboardEvent) => {
      if (isElsewhere(event.target)) return;
      event.preventDefault();
      act();
    };
    return [key, take, { preventDefault: false }];
  });
  // A checkbox takes no letters, so the keys go on after a click on one.
  useHotkeys(keys, ["TEXTAREA", "SELECT"]);
}

function isElsewhere(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.closest('[role="menu"], [role="listbox"]') !== null || target.matches('input:not([type="checkbox"])');
}
