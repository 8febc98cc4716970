import { readFile } from "node:fs/promises";
import { CliError } from "#/cli/describe-failure.ts";
import { decodeText, NOT_TEXT } from "#/terms/decode-text.ts";

/** A file's text, as spreadsheets write it. Throws in words for the person who named the file. */
export async function readTextFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${file} can't be read: ${cause.code ?? cause.message}`);
  });
  const text = decodeText(bytes);
  if (text === undefined) throw new CliError(`${file} can't be read: ${NOT_TEXT}`);
  return text;
}
