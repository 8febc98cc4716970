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
  // Focus stays in a dialog as long as it asks; one that is closing has let it go, and takes no key from the page.
  if (!(target instanceof HTMLElement) || target === document.body)
    return document.querySelector('[role="dialog"]') !== null;
  return (
    target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null ||
    target.matches('input:not([type="checkbox"])')
  );
}
