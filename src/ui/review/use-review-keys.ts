"use client";

import { useHotkeys } from "@mantine/hooks";
import { useState } from "react";

/** j and k move through the holds, a and r decide on the one they stand on. Answers its id. */
export function useReviewKeys(
  ids: readonly string[],
  enabled: boolean,
  onDecide: (verb: "approve" | "reject", id: string) => void,
): string | undefined {
  const [chosen, setChosen] = useState<string>();
  const current = chosen !== undefined && ids.includes(chosen) ? chosen : undefined;
  const move = (by: 1 | -1) => {
    const at = current === undefined ? (by === 1 ? -1 : ids.length) : ids.indexOf(current);
    const next = ids[Math.min(ids.length - 1, Math.max(0, at + by))];
    setChosen(next);
    document.querySelector(`[data-hold="${next ?? ""}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const decide = (verb: "approve" | "reject") => {
    if (current !== undefined) onDecide(verb, current);
  };
  useHotkeys(
    enabled
      ? [
          ["j", () => move(1)],
          ["k", () => move(-1)],
          ["a", () => decide("approve")],
          ["r", () => decide("reject")],
        ]
      : [],
  );
  return enabled ? current : undefined;
}
