import { setInAddress } from "#/ui/address/set-in-address.ts";

/**
 * Names a hold in the address. `next` is a step that the back button takes back, as after a click; `instead` is none, so that
 * ten presses of a key do not take ten steps back.
 */
export function showHold(id: string | undefined, how: "next" | "instead"): void {
  if (how === "next") history.pushState(null, "", location.href);
  setInAddress({ hold: id });
}
