import { memo } from "react";
import { PlainLink } from "#/ui/address/plain-link.tsx";
import classes from "#/ui/prices/rate-list.module.css";
import { apartWords, columnPrice, extraWords, rowFromWords } from "#/ui/prices/row-words.model.ts";
import { tokenCount } from "#/terms/fact-words.ts";
import { priceKeyText, type PriceFlag, type PriceRow } from "#/terms/price-table.ts";
import { modelHref } from "#/price/model-href.ts";
import { WordBadge } from "#/ui/run/run-badge.tsx";
import { RelativeTime } from "#/ui/time/relative-time.tsx";

type Props = Readonly<{
  rate: PriceRow;
  /** Its place in the list, from 0. */
  index: number;
  hiddenColumns: readonly string[];
  isChosen: boolean;
  /** There is room for one more among the chosen ones. */
  canChoose: boolean;
  onChoose: (key: string) => void;
}>;

/** One price: columns where there is room, and three lines where there is not. */
export const RateRow = memo(function RateRow({ rate, index, hiddenColumns, isChosen, canChoose, onChoose }: Props) {
  const shows = (id: string) => !hiddenColumns.includes(id);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes["row"]}
      data-index={index}
      style={{ top: `calc(var(--row) * ${index})` }}
    >
      <span role="cell" className={classes["choose"]}>
        {/* The browser's own: a list that scrolls makes hundreds of them. */}
        <input
          type="checkbox"
          aria-label={`Compare ${rate.model} at ${rate.seller}`}
          checked={isChosen}
          disabled={!isChosen && !canChoose}
          onChange={() => onChoose(priceKeyText(rate))}
        />
      </span>
      <ModelCell rate={rate} />
      {shows("seller") && (
        <span role="cell" className={classes["seller"]} title={rate.seller}>
          {rate.seller}
        </span>
      )}
      {shows("sources") && <SourcesCell rate={rate} />}
      {shows("state") && (
        <span role="cell" className={classes["state"]}>
          {rate.state}
        </span>
      )}
      {shows("context") && (
        <span role="cell" className={classes["context"]}>
          {rate.contextTokens !== null && tokenCount(rate.contextTokens)}
        </span>
      )}
      <AmountCell rate={rate} meter="input" short="In" />
      <AmountCell rate={rate} meter="output" short="Out" />
      {shows("cache") && <AmountCell rate={rate} meter="cache_read" short="Cache" />}
      {shows("since") && (
        <span role="cell" className={classes["age"]}>
          {rate.validFromMs !== null && <RelativeTime at={new Date(rate.validFromMs).toISOString()} />}
        </span>
      )}
    </div>
  );
});

/** How much of the end of an id is always shown. */
const END_LENGTH = 12;

function ModelCell({ rate }: Pick<Props, "rate">) {
  const { model, variant, extras, flags, sunsetOn } = rate;
  return (
    <span role="cell" className={classes["model"]}>
      <PlainLink
        href={modelHref(rate)}
        aria-label={model}
        className={classes["link"]}
        title={[model, extraWords(rate)].filter(Boolean).join("\n")}
      >
        <span className={classes["cut"]}>
          <span className={classes["start"]}>{model.slice(0, -END_LENGTH)}</span>
          <span className={classes["end"]}>{model.slice(-END_LENGTH)}</span>
        </span>
      </PlainLink>
      {variant !== "default" && (
        <span className={classes["variant"]} title={variant}>
          {variant}
        </span>
      )}
      {extras.length > 0 && (
        <span className={classes["more"]} title={extraWords(rate)} aria-label={extraWords(rate)} role="img">
          +
        </span>
      )}
      {flags.map((flag) => flag !== "unpriced" && <Flag key={flag} flag={flag} sunsetOn={sunsetOn} />)}
    </span>
  );
}

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

function SourcesCell({ rate }: Pick<Props, "rate">) {
  const [from, apart] = [rowFromWords(rate), apartWords(rate)];
  return (
    <span role="cell" className={classes["source"]} title={[from, apart].filter(Boolean).join(", ")}>
      <span className={classes["from"]}>{from}</span>
      <span className={classes["evidence"]} data-apart={rate.apart !== null && rate.sources.length > 1}>
        {apart}
      </span>
    </span>
  );
}

type AmountProps = Readonly<{ rate: PriceRow; meter: "input" | "output" | "cache_read"; short: string }>;

function AmountCell({ rate, meter, short }: AmountProps) {
  const { text, per, quiet, title } = columnPrice(rate, meter);
  return (
    <span role="cell" className={classes["amount"]} data-quiet={quiet} data-meter={meter} title={title}>
      <span className={classes["short"]}>{short} </span>
      {text}
      {per !== undefined && <span className={classes["per"]}> {per}</span>}
    </span>
  );
}
