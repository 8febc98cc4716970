/** Shown when a file's bytes are no text that we can read without guessing. */
export const NOT_TEXT = "it is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8 and try again";

/**
 * The text of a file as spreadsheets write it: UTF-8, or UTF-16 in either byte order with its byte order mark, which is left
 * out. `undefined` for anything else, since an older code page can't be told from another one.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
