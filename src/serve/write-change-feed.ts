import { generateAtomFeed } from "feedsmith";
import type { RateMove } from "#/book/list-changes-after.ts";
import { chargeChangeWords } from "#/price/charge-words.ts";
import { diffCharges } from "#/price/charge.ts";
import { modelHref } from "#/price/model-href.ts";
import { readCharges } from "#/price/read-charges.ts";

/** The media type of RFC 4287. */
export const ATOM_TYPE = "application/atom+xml; charset=utf-8";

type Feed = Readonly<{
  /** Where the pages of this server are, such as `https://prices.example.com`. */
  origin: string;
  /** The path that was asked for. */
  path: string;
  /** The newest first. */
  moves: readonly RateMove[];
}>;

/** An Atom feed (RFC 4287) with an entry for each change of a price: old and new amounts with their units, in words. */
export function writeChangeFeed({ origin, path, moves }: Feed): string {
  return generateAtomFeed(
    {
      id: `${origin}/v1/changes.atom`,
      title: { value: "Price changes" },
      // A feed without entries has never been another one.
      updated: new Date(moves[0]?.at ?? 0),
      authors: [{ name: "Ratebook" }],
      links: [
        { rel: "self", type: "application/atom+xml", href: `${origin}${path}` },
        { rel: "alternate", type: "text/html", href: `${origin}/changes` },
      ],
      entries: moves.map((move) => writeEntry(origin, move)),
    },
    { strict: true },
  );
}

function writeEntry(origin: string, move: RateMove) {
  return {
    id: tagOf(origin, move),
    title: { value: printable(titleOf(move)) },
    updated: new Date(move.at),
    links: [{ rel: "alternate", type: "text/html", href: `${origin}${modelHref(move)}` }],
    content: { type: "text", value: printable(contentOf(move)) },
  };
}

/** RFC 4151: the same for as long as the book has the version, whoever asks. A tag has no port. */
function tagOf(origin: string, { at, version, seller, model, variant }: RateMove): string {
  const host = new URL(origin).hostname.replaceAll(/[[\]]/g, "").replaceAll(":", "-");
  const key = [seller, model, variant].map(encodeURIComponent).join("/");
  return `tag:${host},${at.slice(0, 10)}:rates/${version}/${key}`;
}

const WHAT = {
  first: "New price",
  changed: "Price changed",
  gone: "No price any more",
  source: "Price from another source",
} as const satisfies Record<RateMove["change"], string>;

function titleOf({ change, seller, model, variant }: RateMove): string {
  return `${WHAT[change]}: ${model}${variant === "default" ? "" : ` [${variant}]`} at ${seller}`;
}

function contentOf({ price, previous, cause, version }: RateMove): string {
  const before = readCharges(previous?.charges ?? []);
  const lines = diffCharges(before, readCharges(price?.charges ?? [])).map(chargeChangeWords);
  const state = price === null ? "Unknown now" : price.state === "free" ? "Free" : undefined;
  const origin = price === null || price.from.length === 0 ? "" : `, says ${price.from.join(" and ")}`;
  const said = [...(state === undefined ? [] : [state]), ...lines].join("; ");
  return `${said}. Version ${version}, by ${cause}${origin}.`;
}

/** XML has no place for control characters, not even written as numbers. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ");
}
