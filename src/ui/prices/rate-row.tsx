import Link from "next/link";
import { memo } from "react";
import classes from "#/ui/prices/rate-list.module.css";
import { readCharges } from "#/price/read-charges.ts";
import { agreementWords, fromWords } from "#/ui/prices/agreement.model.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import { listedPrice, type ListedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { Outputs } from "#/ui/trpc.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Meter } from "#/terms/meter.ts";

export type ListedRate = Outputs["prices"]["list"]["rates"][number];

type Props = Readonly<{ rate: ListedRate; index: number; top: number; height: number }>;

const AMOUNTS = [
  ["input", "In"],
  ["output", "Out"],
  ["cache_read", "Cache"],
] as const satisfies readonly (readonly [Meter, string])[];

export const RateRow = memo(function RateRow({ rate, index, top, height }: Props) {
  const charges = readCharges(rate.charges);
  const prices = AMOUNTS.map(([meter, short]) => ({ meter, short, price: listedPrice(rate.state, charges, meter) }));
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
          className={classes["link"] ?? ""}
          title={[rate.model, ...more].join("\n")}
        >
          {rate.model}
        </Link>
        {rate.variant !== "default" && <span className={classes["variant"]}>{rate.variant}</span>}
        {rate.from.length === 0 && <WordBadge color="red" words="delisted" />}
        {rate.isPinned && <WordBadge color="violet" words="pinned" />}
        {rate.isHeld && <WordBadge color="orange" words="held" />}
        {rate.offers.some(({ staleSince }) => staleSince !== null) && <WordBadge color="yellow" words="stale" />}
        {rate.isSunsetSoon && <WordBadge color="red" words={`sunset ${rate.facts.sunsetOn ?? ""}`} />}
        {rate.offers.some(isMissing) && <WordBadge color="orange" words="missing" />}
      </span>
      <span role="cell" className={classes["seller"]} title={rate.seller}>
        {rate.seller}
      </span>
      <span role="cell" className={classes["source"]} title={`${fromWords(rate)} ${agreementWords(rate)}`.trim()}>
        <span className={classes["from"]}>{fromWords(rate)}</span>
        <span className={classes["evidence"]}>{agreementWords(rate)}</span>
      </span>
      <span role="cell" className={classes["context"]}>
        {rate.facts.contextTokens !== undefined && tokenCount(rate.facts.contextTokens)}
      </span>
      {prices.map(({ meter, short, price }) => (
        <AmountCell key={meter} meter={meter} short={short} price={price} />
      ))}
      <span role="cell" className={classes["age"]}>
        <RelativeTime at={rate.validFrom} />
      </span>
    </div>
  );
});

function isMissing({ delistedAt, missedPayloads }: ListedRate["offers"][number]): boolean {
  return delistedAt === null && missedPayloads > 0;
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
