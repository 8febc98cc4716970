import type { ClientOptions, RatebookClient } from "#/client/ratebook-client.ts";
import type { ServerAddress } from "#/client/server-address.ts";

/** Where text goes. `columns` is the terminal's width. A stream whose `write` answers false wants a wait for its `drain`. */
export type Output = Readonly<{
  write: (text: string) => unknown;
  once?: (event: "drain", listener: () => void) => unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}>;

export type CliIo = Readonly<{
  stdout: Output;
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the user presses Ctrl-C. */
  interrupted: AbortSignal;
  createClient: (options: ClientOptions) => RatebookClient;
  pace: Pace;
}>;

export type Pace = Readonly<{
  /** How often a watched job is asked for its state, beside its event stream. */
  pollMs: number;
  /** Between two tries to connect again. */
  retryMs: number;
  /** How long a watched server may be away. */
  patienceMs: number;
}>;

export const USUAL_PACE: Pace = { pollMs: 3_000, retryMs: 500, patienceMs: 60_000 };

/** One command's run: the client and how it prints. */
export type Session = Readonly<{
  client: RatebookClient;
  server: ServerAddress;
  json: boolean;
  io: CliIo;
  /** Writes a result to stdout: the document with `--json`, the text for people otherwise. */
  print: (document: unknown, text: () => string) => void;
  /** A line for people on stderr; nothing a script would read. */
  say: (line: string) => void;
  paint: Paint;
  /** Of the terminal on stdout; undefined in a pipe, where nothing is cut. */
  width: number | undefined;
}>;

export type Tone = "good" | "bad" | "warn" | "dim" | "bold";
export type Paint = (tone: Tone, text: string) => string;
