import { useEffect, useState, type RefObject } from "react";

/** A number that the style sheet has for the room that there is, so that its limits stand in one place; `first` before it is known. */
export function useStyleNumber(element: RefObject<HTMLElement | null>, property: `--${string}`, first: number): number {
  const [value, setValue] = useState(first);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => {
      const found = Number.parseFloat(getComputedStyle(current).getPropertyValue(property));
      setValue(Number.isNaN(found) ? first : found);
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, property, first]);
  return value;
}
