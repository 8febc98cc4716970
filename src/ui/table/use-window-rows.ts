import { useWindowVirtualizer } from "@tanstack/react-virtual";

type Options = Parameters<typeof useWindowVirtualizer<HTMLElement>>[0];

/** The rows of a long list that are in view while the window scrolls. */
export function useWindowRows(options: Options) {
  // oxlint-disable-next-line react/incompatible-library -- nothing here is compiled or passed on memoised
  return useWindowVirtualizer<HTMLElement>(options);
}
