import type { ParseOutcome, SourceAdapter } from "#/sources/adapter.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isObject, isUsableId, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { createSheetDraft, type SheetDraft } from "#/sources/sheet-draft.ts";

/** Where a document keeps its models, and how one of them is read. */
export type ListFormat = Readonly<{
  /** The names that the list may have in the document; a document that is a list itself needs none. */
  names: readonly string[];
  /** The field of an entry that holds its id. */
  id: string;
  readEntry: (sheet: SheetDraft, entry: PayloadObject, id: string) => void;
  /** The payload is a JSON list of pages, each a document. */
  isPaged?: true;
}>;

/** The `parse` of an adapter whose document is a list of models with an id each. */
export function createListParser({ names, id, readEntry, isPaged }: ListFormat): SourceAdapter["parse"] {
  return (text): ParseOutcome => {
    const json = parseLossless(text);
    if (!json.ok) return json;
    const pages: readonly unknown[] = isPaged === true && Array.isArray(json.value) ? json.value : [json.value];
    const lists = pages.map((page) => findList(page, names));
    const entries: unknown[] = [];
    for (const [index, list] of lists.entries()) {
      if (list === undefined) {
        const wanted = names.length === 0 ? "a list" : `an object with a list "${names.join('" or "')}"`;
        return problem("wrong_root", `Expected ${wanted} of models, got ${showValue(pages[index])}.`);
      }
      entries.push(...list);
    }
    if (entries.length === 0) return problem("empty", "The list holds no model.");
    if (!entries.some(isObject)) return problem("wrong_root", "No item of the list is a model.");

    const sheet = createSheetDraft(json.duplicateKeys);
    for (const [index, entry] of entries.entries()) {
      const position = `[${index}]`;
      const name = isObject(entry) ? entry[id] : undefined;
      if (!isObject(entry)) sheet.reject(position, "schema", `not an object: ${showValue(entry)}`);
      else if (!isUsableId(name)) sheet.reject(position, "schema", `no usable id: ${showValue(name)}`);
      else readEntry(sheet, entry, name);
    }
    return { ok: true, sheet: sheet.finish() };
  };
}

function findList(page: unknown, names: readonly string[]): readonly unknown[] | undefined {
  if (Array.isArray(page)) return page;
  if (!isObject(page)) return undefined;
  for (const name of names) {
    let found: unknown = page;
    for (const part of name.split(".")) found = isObject(found) ? found[part] : undefined;
    if (Array.isArray(found)) return found;
  }
  return undefined;
}

function problem(code: "wrong_root" | "empty", message: string): ParseOutcome {
  return { ok: false, problem: { code, message } };
}
