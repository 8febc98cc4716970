import { createPaint } from "#/cli/create-paint.ts";
import type { CommonOptions } from "#/cli/define-command.ts";
import { CliError } from "#/cli/describe-failure.ts";
import type { CliIo, Session } from "#/cli/session.ts";

const USUAL_URL = "http://127.0.0.1:3000";

/** A client for the server that the options or the environment name. Throws `CliError` when they make no sense. */
export function openSession(io: CliIo, { url: wanted, json = false }: CommonOptions): Session {
  const url = readUrl(wanted ?? (io.env["RATEBOOK_URL"]?.trim() || USUAL_URL));
  const apiKey = readKey(io.env["RATEBOOK_API_KEY"]);
  return {
    client: io.createClient({ url, apiKey, signal: io.interrupted }),
    url,
    hasKey: apiKey !== undefined,
    json,
    io,
    print: (document, text) => void io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text()),
    say: (line) => void io.stderr.write(`${line}\n`),
    paint: createPaint(io.stdout, io.env),
    width: io.stdout.isTTY === true ? io.stdout.columns : undefined,
  };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new CliError("The server's address must start with http:// or https://. Check RATEBOOK_URL or --url");
  }
  if (url.username !== "" || url.password !== "") {
    throw new CliError(
      "The server's address must not carry a user name or password: the key belongs in RATEBOOK_API_KEY",
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

// Checked here because fetch would repeat a header it can't send, key and all, in its error.
function readKey(text: string | undefined): string | undefined {
  const key = text?.trim();
  if (key === undefined || key === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) throw new CliError("RATEBOOK_API_KEY holds characters that no key has");
  return key;
}
