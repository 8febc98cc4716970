import type { Charge, Meter, Tier, Window } from "#/price/charge.ts";
import { displayCharge } from "#/price/charge.ts";
import { decimal, type Decimal } from "#/price/decimal.ts";
import type { OfferState } from "#/price/offer.ts";
import type { Outputs } from "#/ui/trpc.tsx";

export type ApiCharge = Outputs["prices"]["get"]["offers"][number]["charges"][number];

/** The API's charges as the pure price code knows them. The server answers exact decimals only. */
export function readCharges(charges: readonly ApiCharge[]): Charge[] {
  return charges.map(({ meter, unit, amount, tier, window }) => ({
    meter,
    unit,
    amount: decimal(amount),
    ...(tier === undefined ? {} : { tier: { above: tier.above, ...(tier.of === undefined ? {} : { of: tier.of }) } }),
    ...(window === undefined ? {} : { window }),
  }));
}

/** "$2.50", "$0.0000005", "$1,250.00": exact, at least cents, never rounded. */
export function usd(amount: Decimal): string {
  const negative = amount.startsWith("-");
  const [whole = "0", fraction = ""] = (negative ? amount.slice(1) : amount).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${negative ? "−" : ""}$${grouped}.${fraction.padEnd(2, "0")}`;
}

/** "$2.50 per 1M tokens". */
export function priceWithUnit(charge: Pick<Charge, "amount" | "unit">): string {
  const { amount, per } = displayCharge(charge);
  return `${usd(amount)} per ${per}`;
}

const METER_WORDS: Partial<Record<Meter, string>> = {
  cache_read: "Cache read",
  cache_write: "Cache write",
  cache_write_1h: "Cache write, kept 1 h",
  input_audio: "Audio input",
  output_audio: "Audio output",
  cache_read_audio: "Cache read, audio",
  cache_write_audio: "Cache write, audio",
  cache_read_image: "Cache read, image",
  input_image: "Image input",
  output_image: "Image output",
  input_video: "Video input",
  output_video: "Video output",
  output_video_1080p: "Video output, 1080p",
  web_search_low: "Web search, low context",
  web_search_medium: "Web search, medium context",
  web_search_high: "Web search, high context",
  ocr: "OCR",
};

/** "cache_read" as people say it. */
export function meterWords(meter: Meter): string {
  const spoken = meter.replaceAll("_", " ");
  return METER_WORDS[meter] ?? `${spoken.charAt(0).toUpperCase()}${spoken.slice(1)}`;
}

const wholeNumber = new Intl.NumberFormat("en");

/** "above 200,000 prompt tokens". */
export function tierWords({
  above,
  of = "prompt tokens",
}: Pick<Tier, "above"> & { of?: Tier["of"] | "prompt tokens" }): string {
  return `above ${wholeNumber.format(above)} ${of}`;
}

/** "14:00–00:00 UTC". */
export function windowWords({ from, to }: Window): string {
  return `${from}–${to} UTC`;
}

export function conditionWords({ tier, window }: Pick<Charge, "tier" | "window">): string {
  const parts = [
    ...(tier === undefined ? [] : [tierWords(tier)]),
    ...(window === undefined ? [] : [windowWords(window)]),
  ];
  return parts.join(", ");
}

const STATE_WORDS = { free: "free", unknown: "unknown", varies: "varies" } as const satisfies Record<
  Exclude<OfferState, "priced">,
  string
>;

/** `per`: set when it is not 1M tokens. */
export type ListedPrice = Readonly<{ text: string; per?: string; quiet: boolean; title?: string }>;

/** What a list shows for a meter per 1M tokens. A price that isn't known is never a 0. */
export function listedPrice(state: OfferState, charges: readonly Charge[], meter: Meter): ListedPrice {
  if (state !== "priced" && state !== "free") return { text: STATE_WORDS[state], quiet: true };
  const lines = charges.filter((charge) => charge.meter === meter);
  const perToken = lines.filter(({ unit }) => unit === "token");
  const base = perToken.find(({ tier, window }) => tier === undefined && window === undefined);
  if (base !== undefined) {
    const text = base.amount === "0" ? "free" : usd(displayCharge(base).amount);
    if (perToken.length === 1) return { text, quiet: false };
    const others = perToken
      .filter((line) => line !== base)
      .map((line) => `${usd(displayCharge(line).amount)} ${conditionWords(line)}`);
    return { text: `${text} +`, quiet: false, title: `and ${others.join("; ")}` };
  }
  const [other] = lines;
  if (other !== undefined) {
    const { amount, per } = displayCharge(other);
    const text = amount === "0" ? "free" : usd(amount);
    return {
      text,
      per: `per ${per}`,
      quiet: false,
      title: [priceWithUnit(other), conditionWords(other)].filter(Boolean).join(", "),
    };
  }
  return state === "free" && charges.length === 0
    ? { text: "free", quiet: false }
    : { text: "–", quiet: true, title: "Not charged for on this sheet" };
}
