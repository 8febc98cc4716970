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
