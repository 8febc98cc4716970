import { listEffectivePrices } from "#/book/list-effective-prices.ts";
import { writePriceCsv } from "#/book/write-price-csv.ts";
import type { Db } from "#/platform/database.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { listSources } from "#/sources/list-sources.ts";
import { writeLitellm } from "#/sources/write-litellm.ts";
import { writeOpenrouter } from "#/sources/write-openrouter.ts";

export const EXPORT_FORMATS = ["litellm", "openrouter", "csv"] as const;
type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Input = Readonly<{ format: ExportFormat; at?: string | undefined }>;
type Exported = Readonly<{ text: string; type: string; omitted: number; at: string }>;

/** The prices in force at one instant in a gateway's shape: pins in, held prices out, and what is unknown left out. */
export async function exportPrices(db: Db, { format, at }: Input): Promise<Exported> {
  const book = await listEffectivePrices(db, { at });
  const offers = book.offers.filter(({ state }) => state === "priced" || state === "free");
  if (format === "csv")
    return { text: writePriceCsv(offers), type: "text/csv; charset=utf-8", omitted: 0, at: book.at };
  const kind: SourceKind = format;
  const sources = (await listSources(db)).filter((source) => source.kind === kind).map(({ name }) => name);
  const exported = offers.map((offer) => ({
    ...offer,
    listing: sources.map((name) => offer.listings[name]).find((listing) => listing !== undefined),
  }));
  const document = format === "litellm" ? writeLitellm(exported) : writeOpenrouter(exported);
  return { ...document, type: "application/json; charset=utf-8", at: book.at };
}
