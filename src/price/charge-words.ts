import { displayCharge, type Charge, type ChargeChange, type Tier, type Window } from "#/price/charge.ts";
import type { Decimal } from "#/price/decimal.ts";
import type { Meter } from "#/terms/meter.ts";

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
  output_image_premium: "Image output, premium",
  output_image_above_512: "Image output, above 512 × 512 pixels",
  output_image_above_512_premium: "Image output, premium, above 512 × 512 pixels",
  output_image_above_1024: "Image output, above 1024 × 1024 pixels",
  output_image_above_1024_premium: "Image output, premium, above 1024 × 1024 pixels",
  output_image_512: "Image output, 512 pixels",
  output_image_1024: "Image output, 1024 pixels",
  output_image_1536: "Image output, 1536 pixels",
  output_image_0_5k: "Image output, 0.5K",
  output_image_1k: "Image output, 1K",
  output_image_2k: "Image output, 2K",
  output_image_4k: "Image output, 4K",
  input_video: "Video input",
  output_video: "Video output",
  output_video_480p: "Video output, 480p",
  output_video_720p: "Video output, 720p",
  output_video_768p: "Video output, 768p",
  output_video_1080p: "Video output, 1080p",
  output_video_2k: "Video output, 2K",
  output_video_4k: "Video output, 4K",
  web_search_low: "Web search, low context",
  web_search_medium: "Web search, medium context",
  web_search_high: "Web search, high context",
  maps_grounding: "Grounding with maps",
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

/** What became of one line of a price sheet: "input $2.50 → $2.00 per 1M tokens". */
export function chargeChangeWords({ before, after }: ChargeChange): string {
  const line = after ?? before;
  if (line === undefined) return "";
  const condition = conditionWords(line);
  const meter = `${meterWords(line.meter).toLowerCase()}${condition === "" ? "" : ` ${condition}`}`;
  if (after === undefined) return `${meter} no longer charged`;
  return `${meter} ${before === undefined ? "" : `${usd(displayCharge(before).amount)} → `}${priceWithUnit(after)}`;
}
