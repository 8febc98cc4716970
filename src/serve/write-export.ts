import type { BookMark } from "#/book/book-mark.ts";
import { listExportedRates } from "#/book/list-rates.ts";
import { writePriceCsv } from "#/book/write-price-csv.ts";
import type { Db } from "#/platform/database.ts";
import { readCharges } from "#/price/read-charges.ts";
import { writeLitellm } from "#/sources/write-litellm.ts";
import { writeOpenrouter } from "#/sources/write-openrouter.ts";

export const EXPORT_FORMATS = ["litellm", "openrouter", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

type Input = Readonly<{ format: ExportFormat; at?: string | undefined }>;
type Exported = Readonly<{ text: string; type: string; omitted: number; at: string; mark: BookMark }>;

/** The prices in force at one instant in a gateway's shape: pins in, held prices out, and what is unknown left out. */
export async function writeExport(db: Db, { format, at: asked }: Input): Promise<Exported> {
  const kind = format === "csv" ? undefined : format;
  const { rates, at, mark } = await listExportedRates(db, { at: asked, kind });
  const of = { at, mark };
  if (format === "csv") return { text: writePriceCsv(rates), type: "text/csv; charset=utf-8", omitted: 0, ...of };
  const offers = rates.map(({ charges, listing, listedAs, ...rate }) => ({
    ...rate,
    charges: readCharges(charges),
    listing: listing ?? undefined,
    listedAs: listedAs ?? undefined,
  }));
  const document = format === "litellm" ? writeLitellm(offers) : writeOpenrouter(offers);
  return { ...document, type: "application/json; charset=utf-8", ...of };
}
