import { parseTree, type Node } from "jsonc-parser";
import { endOf, memberOf, membersOf, spliceText, type Splice } from "#/sources/documents/json-text.ts";

/** What Bifrost reads as whole numbers, and nothing else: one value that is none, and it refuses the whole map. */
const WHOLE = ["max_input_tokens", "max_output_tokens"] as const;

/**
 * LiteLLM's map as Bifrost loads it (`framework/modelcatalog/datasheet/types.go` there):
 * - The seller of each entry stands under `provider` as well, where it has none: Bifrost finds a price by model, provider and mode.
 * - Limits of tokens are written as digits (`2000000.0` is refused), and as null where they are no whole number, as in `sample_spec`.
 */
export function addProvider(text: string): string {
  const splices = membersOf(parseTree(text)).flatMap(({ value: entry }) => [
    ...namedProvider(text, entry),
    ...WHOLE.flatMap((name) => wholeNumber(text, memberOf(entry, name)?.value)),
  ]);
  return spliceText(text, splices);
}

function namedProvider(text: string, entry: Node): Splice[] {
  const seller = memberOf(entry, "litellm_provider")?.value;
  if (seller === undefined || memberOf(entry, "provider") !== undefined) return [];
  const at = endOf(seller);
  return [{ start: at, end: at, text: `, "provider": ${text.slice(seller.offset, at)}` }];
}

function wholeNumber(text: string, node: Node | undefined): Splice[] {
  if (node === undefined || node.type === "null") return [];
  const [start, end] = [node.offset, endOf(node)];
  const whole = Number.isSafeInteger(node.value) ? String(node.value) : "null";
  return text.slice(start, end) === whole ? [] : [{ start, end, text: whole }];
}
