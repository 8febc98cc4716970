/** The reverse of `modelHref`, from a route's encoded segments. */
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
