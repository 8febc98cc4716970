import { z } from "zod";
import { AppError } from "#/platform/errors.ts";

const instant = z.iso.datetime({ offset: true });
const cursorShape = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  instant,
  z.string().regex(/^\d{1,18}(\.\d{0,20}(-\d{1,20})?)?$/),
  instant.nullable(),
]);

/** Where a page of prices ended, and what all pages that follow each other are of. */
export type PricePlace = Readonly<{
  model: string;
  seller: string;
  variant: string;
  /** The instant of the first page (ISO 8601). */
  at: string;
  /** Names the book of the first page, and begins with its version. */
  mark: string;
  /** The instant that was asked for; null for the present. */
  asked: string | null;
}>;

export function writeCursor({ model, seller, variant, at, mark, asked }: PricePlace): string {
  return Buffer.from(JSON.stringify([model, seller, variant, at, mark, asked])).toString("base64url");
}

/** Throws `INVALID` for a cursor that no page has answered. */
export function readCursor(cursor: string): PricePlace {
  try {
    const [model, seller, variant, at, mark, asked] = cursorShape.parse(
      JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")),
    );
    return { model, seller, variant, at, mark, asked };
  } catch (cause) {
    throw new AppError("INVALID", "The cursor is not valid. Start again without it", { cause });
  }
}

/** The version of the book that a mark names. */
export function versionOf(mark: string): string {
  return mark.split(".", 1)[0] ?? mark;
}
