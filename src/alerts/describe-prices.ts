import type { Message } from "#/alerts/create-deliveries.ts";
import type { ChangeCounts, RateChange } from "#/book/list-rate-changes.ts";
import type { HoldView } from "#/book/list-holds.ts";
import { diffCharges } from "#/price/charge.ts";
import { chargeChangeWords } from "#/price/charge-words.ts";
import { readCharges } from "#/price/read-charges.ts";

/** How many prices a message names; all of them are counted. */
export const SAMPLES = 20;
const LINES = 10;
const CHARGES_PER_LINE = 2;

/** Prices that came into force, changed or went, by one run or one person. */
export function describeChanges(
  { first, changed, gone }: ChangeCounts,
  samples: readonly RateChange[],
  jobId: string | null,
): Message {
  const total = first + changed + gone;
  const parts = [
    ...(changed > 0 ? [`${count(changed)} changed`] : []),
    ...(first > 0 ? [`${count(first)} came`] : []),
    ...(gone > 0 ? [`${count(gone)} went`] : []),
  ];
  const [one] = samples;
  const isOnes = one?.actor !== null && samples.every(({ actor }) => actor === one?.actor);
  const by = one !== undefined && isOnes ? ` by ${one.actor}` : "";
  return {
    event: "price.changed",
    summary: `Prices: ${parts.join(", ")}${by}`,
    details: listSome(samples.map(describeChange), total),
    path: jobId === null ? "/prices" : `/syncs/${jobId}`,
    data: {
      job_id: jobId,
      counts: { first, changed, gone },
      changes: samples.map((change) => ({
        version: change.version,
        from: change.from,
        seller: change.seller,
        model: change.model,
        variant: change.variant,
        cause: change.cause,
        actor: change.actor,
        effective_at: change.effectiveAt,
        previous:
          change.previousState === null ? null : { state: change.previousState, charges: change.previousCharges },
        current: { state: change.state, charges: change.charges },
      })),
      omitted: total - samples.length,
    },
  };
}

/** Prices that wait for a person, from one run. */
export function describeHolds(holds: readonly HoldView[], total: number, jobId: string): Message {
  return {
    event: "price.held",
    summary: `${count(total)} ${total === 1 ? "price is" : "prices are"} held and ${total === 1 ? "waits" : "wait"} for a decision`,
    details: listSome(
      holds.map((hold) => `${nameOf(hold)}: ${hold.findings[0]?.words ?? hold.reasons.join(", ")}`),
      total,
    ),
    path: "/review",
    data: {
      job_id: jobId,
      held: total,
      holds: holds.map(({ id, source, seller, model, variant, reasons }) => ({
        id,
        source,
        seller,
        model,
        variant,
        reasons,
      })),
      omitted: total - holds.length,
    },
  };
}

const CAUSE_WORDS: Partial<Record<RateChange["cause"], string>> = {
  pin: "pinned",
  unpin: "no longer pinned",
  expire: "no longer pinned",
};

function describeChange(change: RateChange): string {
  if (change.from.length === 0) return `${nameOf(change)}: gone`;
  const sources = change.from.filter((source) => source !== "pin").join(" and ");
  const parts = [CAUSE_WORDS[change.cause], sources === "" ? undefined : `says ${sources}`].filter(Boolean);
  const name = [nameOf(change), ...parts].join(", ");
  if (change.state === "unknown" || change.state === "varies") return `${name}: ${change.state}`;
  const lines = diffCharges(readCharges(change.previousCharges ?? []), readCharges(change.charges));
  const said = lines.slice(0, CHARGES_PER_LINE).map(chargeChangeWords);
  const more = lines.length - said.length;
  return `${name}: ${[...said, ...(more > 0 ? [`${more} more`] : [])].join("; ")}`;
}

function listSome(lines: readonly string[], total: number): string[] {
  const shown = lines.slice(0, LINES);
  const left = total - shown.length;
  return left > 0 ? [...shown, `and ${count(left)} more`] : shown;
}

function nameOf({ seller, model, variant }: Pick<RateChange, "seller" | "model" | "variant">): string {
  return `${seller} ${model}${variant === "default" ? "" : ` [${variant}]`}`;
}

function count(amount: number): string {
  return amount.toLocaleString("en-US");
}
