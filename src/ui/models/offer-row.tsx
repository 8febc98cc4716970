import Link from "next/link";
import { memo } from "react";
import classes from "#/ui/models/offer-list.module.css";
import { readCharges } from "#/price/read-charges.ts";
import { listedPrice, type ListedPrice } from "#/ui/price/charge-words.model.ts";
import { modelHref } from "#/ui/price/model-path.model.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import type { Outputs } from "#/ui/trpc.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";
import type { Meter } from "#/terms/meter.ts";

export type ListedOffer = Outputs["prices"]["list"]["offers"][number];

type Props = Readonly<{ offer: ListedOffer; index: number; top: number; height: number }>;

const AMOUNTS = [
  ["input", "In"],
  ["output", "Out"],
  ["cache_read", "Cache"],
] as const satisfies readonly (readonly [Meter, string])[];

export const OfferRow = memo(function OfferRow({ offer, index, top, height }: Props) {
  const charges = readCharges(offer.charges);
  const prices = AMOUNTS.map(([meter, short]) => ({ meter, short, price: listedPrice(offer.state, charges, meter) }));
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
          href={modelHref(offer)}
          prefetch={false}
          className={classes["link"] ?? ""}
          title={[offer.model, ...more].join("\n")}
        >
          {offer.model}
        </Link>
        {offer.variant !== "default" && <span className={classes["variant"]}>{offer.variant}</span>}
        {offer.delistedAt !== null && <WordBadge color="red" words="delisted" />}
        {offer.isPinned && <WordBadge color="violet" words="pinned" />}
        {offer.isHeld && <WordBadge color="orange" words="held" />}
        {offer.staleSince !== null && <WordBadge color="yellow" words="stale" />}
        {offer.delistedAt === null && offer.missedPayloads > 0 && <WordBadge color="orange" words="missing" />}
      </span>
      <span role="cell" className={classes["seller"]} title={offer.seller}>
        {offer.seller}
      </span>
      <span role="cell" className={classes["source"]}>
        {offer.source}
      </span>
      {prices.map(({ meter, short, price }) => (
        <AmountCell key={meter} meter={meter} short={short} price={price} />
      ))}
      <span role="cell" className={classes["age"]}>
        <RelativeTime at={offer.observedAt} />
      </span>
    </div>
  );
});

function AmountCell({ meter, short, price }: { meter: Meter; short: string; price: ListedPrice }) {
  return (
    <span role="cell" className={classes["amount"]} data-quiet={price.quiet} data-meter={meter}>
      <span className={classes["short"]}>{short} </span>
      {price.text}
      {price.per !== undefined && <span className={classes["per"]}> {price.per}</span>}
    </span>
  );
}
