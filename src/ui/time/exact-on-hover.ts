import type { PointerEvent } from "react";
import { exactInstant, utcInstant } from "#/ui/time/time.model.ts";

/**
 * The exact instant on hover: in UTC, and in the reader's zone, which the server does not know. The zone is added when the pointer
 * comes, so that a list of instants is not drawn a second time for it.
 */
export function exactOnHover(at: string) {
  const inUtc = utcInstant(at);
  return {
    title: inUtc,
    onPointerEnter({ currentTarget }: PointerEvent<HTMLElement>) {
      currentTarget.title = `${exactInstant(at)}\n${inUtc}`;
    },
  };
}
