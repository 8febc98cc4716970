import type { SourceAdapter, UnitDeclaration } from "#/sources/adapter.ts";
import { createEntryDraft } from "#/sources/entry-draft.ts";
import { isObject, isUsableId, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readStated } from "#/sources/read-facts.ts";
import { declare, offerDefault, readDeclared, readPricing } from "#/sources/read-fields.ts";
import { createListParser } from "#/sources/read-list.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const UNITS: readonly UnitDeclaration[] = [
  { field: "input", meter: "input", unit: "token", usdPer: 1_000_000 },
  { field: "output", meter: "output", unit: "token", usdPer: 1_000_000 },
];
const DECLARED = declare(UNITS);

/** Hugging Face's router: each model with the sellers behind it, USD per 1M tokens. Who bills is the seller of the row. */
export const huggingfaceAdapter: SourceAdapter = {
  kind: "huggingface",
  title: "Hugging Face router",
  defaultUrl: "https://router.huggingface.co/v1/models",
  version: 2,
  units: UNITS,
  zeroRule: "A row without `pricing`, or with nothing above 0, is unknown: many sellers leave their prices out.",
  parse: createListParser({ names: ["data"], id: "id", readEntry }),
};

function readEntry(sheet: SheetDraft, entry: PayloadObject, id: string): void {
  const providers: unknown = entry["providers"];
  if (!Array.isArray(providers))
    return sheet.reject(`${id}.providers`, "schema", `not a list: ${showValue(providers)}`);
  const rows: readonly unknown[] = providers;
  const { input_modalities: inputModalities, output_modalities: outputModalities } = readModalities(entry);
  for (const [index, row] of rows.entries())
    readRow(sheet, row, { id, inputModalities, outputModalities }, `${id}.providers[${index}]`);
}

function readModalities({ architecture }: PayloadObject): PayloadObject {
  return isObject(architecture) ? architecture : {};
}

type Model = Readonly<{ id: string; inputModalities: unknown; outputModalities: unknown }>;

function readRow(sheet: SheetDraft, row: unknown, { id, ...modalities }: Model, path: string): void {
  const seller = isObject(row) ? row["provider"] : undefined;
  if (!isObject(row) || !isUsableId(seller))
    return sheet.reject(path, "schema", `no usable seller: ${showValue(seller)}`);
  const draft = createEntryDraft(sheet, path);
  readDeclared(draft, readPricing(draft, row["pricing"], "pricing"), DECLARED, { path: "pricing" });
  const facts = readStated({ contextTokens: row["context_length"], ...modalities });
  offerDefault(sheet, { seller, model: id, listing: `${id}:${seller}` }, draft.finish(), facts);
}
