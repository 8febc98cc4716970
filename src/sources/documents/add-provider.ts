import { parseTree } from "jsonc-parser";
import { endOf, memberOf, membersOf, spliceText } from "#/sources/documents/json-text.ts";

/**
 * LiteLLM's map with the seller of each entry under `provider` as well, where it has none. Bifrost's datasheet has the same fields as
 * LiteLLM's map but this one, and finds a price by model, provider and mode (`framework/modelcatalog/datasheet/types.go`).
 */
export function addProvider(text: string): string {
  const splices = membersOf(parseTree(text)).flatMap(({ value: entry }) => {
    const seller = memberOf(entry, "litellm_provider")?.value;
    if (seller === undefined || memberOf(entry, "provider") !== undefined) return [];
    const at = endOf(seller);
    return [{ start: at, end: at, text: `, "provider": ${text.slice(seller.offset, at)}` }];
  });
  return spliceText(text, splices);
}
