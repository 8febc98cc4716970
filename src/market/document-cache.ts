import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { perFeed, type Catalog } from "#/market/catalog.ts";
import { renderFeed } from "#/market/feed-document.ts";
import type { Feed } from "#/market/feed.ts";

const compress = promisify(gzip);

/** Bytes ready to send. `etag` names the text, whichever way it is encoded. */
export type FeedDocument = Readonly<{ bytes: Buffer; etag: string; gzipped: () => Promise<Buffer> }>;

export function createDocument(text: string): FeedDocument {
  const bytes = Buffer.from(text);
  let gzipped: Promise<Buffer> | undefined;
  return {
    bytes,
    etag: `W/"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`,
    gzipped: () => (gzipped ??= compress(bytes)),
  };
}

/** Renders each feed once for each catalogue. */
export function createDocumentCache(): (catalog: Catalog, feed: Feed) => FeedDocument {
  type Kept = Readonly<{ catalog: Catalog; document: FeedDocument }>;
  const kept: Record<Feed, Kept | undefined> = perFeed(() => undefined);
  return (catalog, feed) => {
    const last = kept[feed];
    if (last?.catalog === catalog) return last.document;
    const document = createDocument(renderFeed(catalog, feed));
    kept[feed] = { catalog, document };
    return document;
  };
}
