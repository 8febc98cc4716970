import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { Negotiator } from "@fastify/accept-negotiator";
import { LRUCache } from "lru-cache";
import type { BookMark } from "#/book/book-mark.ts";

const ENCODINGS = ["br", "gzip", "identity"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A finished answer: its headers, and its bytes in one encoding. */
export type Answer = Readonly<{ headers: Readonly<Record<string, string>>; body: Uint8Array }>;
/** What an answer is made of; or its bytes in every encoding, where somebody has them already. */
export type Unpacked = Readonly<{
  headers: Readonly<Record<string, string>>;
  text: string | Readonly<Record<Encoding, Uint8Array>>;
}>;

/** One question of one book, in the encoding that is taken for it. */
export type Question = Readonly<{ url: string; encoding: Encoding; book: string; version: string }>;

export type AnswerCache = Readonly<{
  /** Which encoding an `Accept-Encoding` takes. */
  negotiate: (accepted: string | undefined) => Encoding;
  /** The strong entity tag of the answer, known before there is one, and the answer if it is kept. */
  look: (question: Question) => Readonly<{ tag: string; answer?: Answer }>;
  /** Packs an answer and keeps it for whoever asks the same of the same book. */
  keep: (question: Question, answer: Unpacked) => Promise<Answer>;
}>;

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_ANSWERS = 20_000;
/** What is kept of an answer beside its body, about. */
const OVERHEAD_BYTES = 1_000;
/** Shorter texts get no shorter. */
const SHORTEST_PACKED = 1_024;
/** A page is packed once per book and often read once, so its first reader waits for this: 5 takes more than twice as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };

type Kept = { book: string; tag: string; answer?: Answer };

/** Remembers answers by their question until the book is another one. */
export function createAnswerCache(): AnswerCache {
  const negotiator = new Negotiator({ supportedValues: [...ENCODINGS], cache: new Map() });
  const kept = new LRUCache<string, Kept>({
    max: MOST_ANSWERS,
    maxSize: MOST_BYTES,
    sizeCalculation: ({ answer }) => (answer?.body.length ?? 0) + OVERHEAD_BYTES,
  });
  const keyOf = ({ encoding, url }: Question) => encoding + url;
  const entryOf = (question: Question): Kept => {
    const entry = kept.get(keyOf(question));
    if (entry?.book === question.book) return entry;
    const named = hash("sha256", `${question.book} ${question.encoding} ${question.url}`, "base64url").slice(0, 27);
    const fresh = { book: question.book, tag: `"v${question.version}.${named}"` };
    kept.set(keyOf(question), fresh);
    return fresh;
  };
  return {
    negotiate: (accepted = "identity") => ENCODINGS.find((one) => one === negotiator.negotiate(accepted)) ?? "identity",
    look: entryOf,
    async keep(question, unpacked) {
      const { tag } = entryOf(question);
      const answer = await pack(unpacked, question.encoding, tag);
      kept.set(keyOf(question), { book: question.book, tag, answer });
      return answer;
    },
  };
}

async function pack({ headers, text }: Unpacked, encoding: Encoding, etag: string): Promise<Answer> {
  const all = { ...STANDING, ...headers, etag };
  if (typeof text !== "string") return withEncoding(all, encoding, text[encoding]);
  const plain = Buffer.from(text);
  if (encoding === "identity" || plain.length < SHORTEST_PACKED) return withEncoding(all, "identity", plain);
  const packed = encoding === "br" ? promisify(brotliCompress)(plain, BROTLI) : promisify(gzip)(plain);
  return withEncoding(all, encoding, await packed);
}

/** An answer that nobody keeps: what it is made of is of no version, so it has no entity tag. */
export function answerOnce(
  {
    headers,
    bodies,
  }: Readonly<{ headers: Readonly<Record<string, string>>; bodies: Readonly<Record<Encoding, Uint8Array>> }>,
  encoding: Encoding,
): Answer {
  return withEncoding({ ...STANDING, ...headers, "cache-control": "private, no-store" }, encoding, bodies[encoding]);
}

function withEncoding(headers: Record<string, string>, encoding: Encoding, body: Uint8Array): Answer {
  return { headers: encoding === "identity" ? headers : { ...headers, "content-encoding": encoding }, body };
}

/** What an answer and the 304 in its place have in common. */
const CACHING = { "cache-control": "private, no-cache", vary: "accept-encoding, authorization" } as const;

/** Data, which no browser may take for a page. */
const STANDING = {
  ...CACHING,
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/**
 * The headers of a 304: those that RFC 9110 wants of the answer in whose place it is. What else an answer says, such as `Sunset`,
 * stays true for whoever has it: with other facts it has another entity tag.
 */
export function unchangedHeaders(tag: string, version: string): Record<string, string> {
  return { ...CACHING, etag: tag, "x-ratebook-version": version };
}

/** Whether an `If-None-Match` names an entity tag. */
export function namesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header === tag || header.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}

/** Whether an `If-None-Match` names an answer of ours that is of a newer version of the book. */
export function namesNewer(header: string | undefined, version: string): boolean {
  if (header === undefined) return false;
  return [...header.matchAll(/"v(\d{1,18})\./g)].some(([, named = "0"]) => BigInt(named) > BigInt(version));
}

/** What names the prices in force, and what names whole documents, which are made of more than prices. */
export const bookOfPrices = ({ mark, facts }: BookMark) => `${mark} ${facts}`;
export const bookOfExports = ({ mark, facts, documents }: BookMark) => `${mark} ${facts} ${documents}`;
