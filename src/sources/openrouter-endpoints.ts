import { withCondition } from "#/price/variant.ts";
import { parseLossless } from "#/sources/lossless-json.ts";
import { offerPricing, splitVariant } from "#/sources/openrouter-pricing.ts";
import { isObject, isUsableId, showValue, type PayloadObject } from "#/sources/payload-shape.ts";
import { readFacts, type FactFields } from "#/sources/read-facts.ts";
import type { SheetDraft } from "#/sources/sheet-draft.ts";

const FACTS: FactFields = { contextTokens: "context_length", outputTokens: "max_completion_tokens" };

/**
 * One model's document of `GET /api/v1/models/{author}/{slug}/endpoints`: who serves it, at which price. The tag names the
 * seller and, behind a slash, which of its endpoints it is (`acme/fp8`): that is a condition.
 */
export function readEndpoints(sheet: SheetDraft, document: unknown, position: string): void {
  const data = isObject(document) ? document["data"] : undefined;
  const listing = isObject(data) ? data["id"] : undefined;
  if (!isObject(data) || !isUsableId(listing) || !Array.isArray(data["endpoints"]))
    return sheet.reject(position, "schema", `no model's endpoints: ${showValue(document)}`);
  const { model, variant } = splitVariant(listing);
  const endpoints: readonly unknown[] = data["endpoints"];
  for (const [index, endpoint] of endpoints.entries()) {
    const path = `${listing}.endpoints[${index}]`;
    const tag = isObject(endpoint) ? readTag(endpoint) : "";
    const [seller = "", which = ""] = tag.split(/\/(.*)/s);
    const pricing = isObject(endpoint) ? endpoint["pricing"] : undefined;
    const facts = isObject(endpoint) ? readFacts(endpoint, FACTS) : {};
    if (!isUsableId(seller) || !isUsableId(model) || !isUsableId(variant))
      sheet.reject(path, "schema", `no usable seller: ${showValue(endpoint)}`);
    else if (!isObject(pricing)) sheet.reject(`${path}.pricing`, "schema", `not an object: ${showValue(pricing)}`);
    else
      offerPricing(
        sheet,
        { seller, model, variant: variantOf(variant, which), listing: `${listing}@${tag}` },
        { pricing, path: `${path}.pricing`, zeroIsPrice: variant === "free", isDiscounted: true, ...facts },
      );
  }
}

function readTag({ tag, provider_name: name }: PayloadObject): string {
  if (isUsableId(tag)) return tag;
  return isUsableId(name)
    ? name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .replaceAll(/^-|-$/g, "")
    : "";
}

function variantOf(variant: string, endpoint: string): string {
  return endpoint === "" ? variant : withCondition(variant, "endpoint", endpoint);
}

/** The address of every model's document; an alias has none of its own. */
export function listEndpointUrls(list: string, url: string): string[] {
  const json = parseLossless(list);
  const data = json.ok && isObject(json.value) ? json.value["data"] : undefined;
  if (!Array.isArray(data)) return [];
  const entries: readonly unknown[] = data;
  const base = new URL(url);
  return entries.flatMap((entry) => {
    const id = isObject(entry) ? entry["id"] : undefined;
    if (!isUsableId(id) || id.startsWith("~") || !/^[^/]+\/[^/]+$/.test(id)) return [];
    const path = id.split("/").map((part) => encodeURIComponent(part).replaceAll("%3A", ":"));
    return [new URL(`${base.pathname.replace(/\/$/, "")}/${path.join("/")}/endpoints`, base).href];
  });
}
