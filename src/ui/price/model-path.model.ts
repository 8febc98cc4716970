import type { OfferKey } from "#/price/offer.ts";

const DEFAULT_VARIANT = "default";

/** The address of one offer's page. Slashes in a model's id stay readable unless the browser would fold them. */
export function modelHref({ seller, model, variant }: OfferKey): string {
  const parts = model.split("/");
  const folds = parts.some((part) => part === "" || part === "." || part === "..");
  const path = folds ? encodeURIComponent(model) : parts.map(encodeURIComponent).join("/");
  const query = variant === DEFAULT_VARIANT ? "" : `?variant=${encodeURIComponent(variant)}`;
  return `/prices/${encodeURIComponent(seller)}/${path}${query}`;
}

/** The reverse, from a route's encoded segments. */
export function readModelPath({ seller, model }: { seller: string; model: readonly string[] }): {
  seller: string;
  model: string;
} {
  return { seller: decode(seller), model: model.map(decode).join("/") };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A lone `%` was typed into the address: it means itself.
    return segment;
  }
}
