import { VisuallyHidden } from "@mantine/core";
import classes from "#/ui/sources/fetches/fetch-strip.module.css";
import { fetchesWords, fetchWords, type Fetch } from "#/ui/sources/source-words.model.ts";

const HEIGHT_PX = 20;
const LEAST_PX = 5;

/** The last fetches, oldest first: a bar each, as high as its transfer took long; its size, time and outcome on hover. */
export function FetchStrip({ fetches }: { fetches: readonly Fetch[] }) {
  if (fetches.length === 0) return "none yet";
  const slowest = Math.max(1, ...fetches.map(({ ms }) => ms ?? 0));
  return (
    <ol className={classes["strip"]} aria-label={fetchesWords(fetches)}>
      {fetches.toReversed().map((fetch) => (
        <li
          key={fetch.at}
          className={classes["fetch"]}
          data-outcome={fetch.outcome}
          title={fetchWords(fetch)}
          style={{ height: heightOf(fetch, slowest) }}
        >
          <VisuallyHidden>{fetchWords(fetch)}</VisuallyHidden>
        </li>
      ))}
    </ol>
  );
}

/** What failed stands out by its height as well. */
function heightOf({ ms, outcome }: Fetch, slowest: number): number {
  if (outcome === "failed") return HEIGHT_PX;
  return Math.max(LEAST_PX, Math.round(((ms ?? 0) / slowest) * HEIGHT_PX));
}
