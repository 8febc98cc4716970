import type { EntryText } from "#/sources/documents/document.ts";
import { editObject, layoutOf, memberOf, writeValue } from "#/sources/documents/json-text.ts";
import { planFields, type PriceObject } from "#/sources/documents/plan-fields.ts";

type Prices = Omit<PriceObject, "text" | "node">;

/**
 * The text of the object in which an entry keeps its prices, and how many charges have no field in it. An entry that has no such
 * object gets one when there is something to write; `undefined` when there is nothing.
 */
export function rewriteMember(
  { text, node }: EntryText,
  name: string,
  prices: Prices,
): Readonly<{ text: string | undefined; omitted: number }> {
  const member = memberOf(node, name);
  if (member?.value.type === "object") {
    const { edits, left } = planFields({ ...prices, text, node: member.value });
    return { text: editObject(text, member.value, edits), omitted: sum(left) };
  }
  const charges = [...prices.prices].flatMap(([variant, price]) =>
    typeof price === "string" ? [] : [[variant, price.charges] as const],
  );
  const { fields, left } = prices.write(new Map(charges));
  const hasWord = [...prices.prices.values()].some((price) => price !== "keep");
  const isNothing = fields.size === 0 && (member === undefined || !hasWord);
  return {
    text: isNothing ? undefined : writeValue(Object.fromEntries(fields), layoutOf(text, node)),
    omitted: sum(left),
  };
}

function sum(left: ReadonlyMap<string, number>): number {
  return [...left.values()].reduce((total, count) => total + count, 0);
}

/** An entry with another text for one of its members, which it gets when it has none. `undefined` leaves the member as it is. */
export function withMember({ text, node }: EntryText, name: string, value: string | undefined): string {
  if (value === undefined) return text;
  if (memberOf(node, name) !== undefined)
    return editObject(text, node, { set: new Map([[name, value]]), insert: new Map(), behind: new Set() });
  // The text is JSON already: it takes the place of a mark.
  const insert = new Map([[name, null]]);
  const marked = editObject(text, node, { set: new Map(), insert, behind: new Set() });
  const at = marked.lastIndexOf("null");
  return marked.slice(0, at) + value + marked.slice(at + "null".length);
}
