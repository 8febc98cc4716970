import { readServerAddress } from "#/client/server-address.ts";
import { createPaint } from "#/cli/create-paint.ts";
import type { CommonOptions } from "#/cli/define-command.ts";
import type { CliIo, Session } from "#/cli/session.ts";

const USUAL_URL = "http://127.0.0.1:3000";

/** A client for the server that the options or the environment name. Throws `RatebookError` when they make no sense. */
export function openSession(io: CliIo, { url: wanted, json = false }: CommonOptions): Session {
  const url = wanted ?? (io.env["RATEBOOK_URL"]?.trim() || USUAL_URL);
  const apiKey = io.env["RATEBOOK_API_KEY"];
  return {
    client: io.createClient({ url, apiKey, signal: io.interrupted }),
    server: readServerAddress({ url, apiKey }),
    json,
    io,
    print: (document, text) => void io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text()),
    say: (line) => void io.stderr.write(`${line}\n`),
    paint: createPaint(io.stdout, io.env),
    width: io.stdout.isTTY === true ? io.stdout.columns : undefined,
  };
}
