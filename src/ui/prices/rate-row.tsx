import Link from "next/link";
import { memo } from "react";
import classes from "#/ui/prices/rate-list.module.css";
import { apartWords, columnPrice, extraWords, rowFromWords } from "#/ui/prices/row-words.model.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import type { ListedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { PriceFlag, PriceRow } from "#/terms/price-table.ts";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Meter } from "#/terms/meter.ts";

type Props = Readonly<{ rate: PriceRow; index: number; top: number; height: number }>;

const AMOUNTS = [
  ["input", "In"],
  ["output", "Out"],
  ["cache_read", "Cache"],
] as const satisfies readonly (readonly [Meter, string])[];

export const RateRow = memo(function RateRow({ rate, index, top, height }: Props) {
  const prices = AMOUNTS.map(([meter, short]) => ({ meter, short, price: columnPrice(rate, meter) }));
  const more = prices.flatMap(({ short, price }) => (price.title === undefined ? [] : [`${short}: ${price.title}`]));
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes["row"]}
      data-body
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <span role="cell" className={classes["model"]}>
        <Link
          href={modelHref(rate)}
          prefetch={false}
          aria-label={rate.model}
          className={classes["link"] ?? ""}
          title={[rate.model, ...more, extraWords(rate)].filter(Boolean).join("\n")}
        >
          <span className={classes["cut"]}>
            <span className={classes["start"]}>{rate.model.slice(0, -END_LENGTH)}</span>
            <span className={classes["end"]}>{rate.model.slice(-END_LENGTH)}</span>
          </span>
        </Link>
        {rate.variant !== "default" && <span className={classes["variant"]}>{rate.variant}</span>}
        {rate.extras.length > 0 && (
          <span className={classes["variant"]} title={extraWords(rate)}>
            +
          </span>
        )}
        {rate.flags.map((flag) => flag !== "unpriced" && <Flag key={flag} flag={flag} sunsetOn={rate.sunsetOn} />)}
      </span>
      <span role="cell" className={classes["seller"]} title={rate.seller}>
        {rate.seller}
      </span>
      <span role="cell" className={classes["source"]} title={`${rowFromWords(rate)} ${apartWords(rate)}`.trim()}>
        <span className={classes["from"]}>{rowFromWords(rate)}</span>
        <span className={classes["evidence"]}>{apartWords(rate)}</span>
      </span>
      <span role="cell" className={classes["context"]}>
        {rate.contextTokens !== null && tokenCount(rate.contextTokens)}
      </span>
      {prices.map(({ meter, short, price }) => (
        <AmountCell key={meter} meter={meter} short={short} price={price} />
      ))}
      <span role="cell" className={classes["age"]}>
        {rate.validFromMs !== null && <RelativeTime at={new Date(rate.validFromMs).toISOString()} />}
      </span>
    </div>
  );
});

/** How much of the end of an id is always shown. */
const END_LENGTH = 12;

const FLAG_COLORS: Readonly<Record<Exclude<PriceFlag, "unpriced">, string>> = {
  pinned: "violet",
  held: "orange",
  stale: "yellow",
  missing: "orange",
  delisted: "red",
  sunset: "red",
};

function Flag({ flag, sunsetOn }: { flag: Exclude<PriceFlag, "unpriced">; sunsetOn: string | null }) {
  return <WordBadge color={FLAG_COLORS[flag]} words={flag === "sunset" ? `sunset ${sunsetOn ?? ""}`.trim() : flag} />;
}

function AmountCell({ meter, short, price }: { meter: Meter; short: string; price: ListedPrice }) {
  return (
    <span role="cell" className={classes["amount"]} data-quiet={price.quiet} data-meter={meter}>
      <span className={classes["short"]}>{short} </span>
      {price.text}
      {price.per !== undefined && <span className={classes["per"]}> {price.per}</span>}
    </span>
  );
}
