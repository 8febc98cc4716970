import { expect } from "vitest";
import { runCli } from "#/cli/run-cli.ts";
import type { Output } from "#/cli/session.ts";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { DOORS_KEY } from "#/testing/open-doors.ts";

/** The `ratebook` command as a script calls it, or, with `columns`, a person at a terminal, against a server at `url`. `interrupted` is Ctrl-C. */
export function openTerminal(url: string, columns?: number, interrupted = new AbortController().signal) {
  let printed = "";
  async function ratebook(...args: string[]) {
    let stdout = "";
    const write = (text: string) => {
      stdout += text;
      printed += text;
    };
    const ended = await ratebookTo({ write, isTTY: columns !== undefined, columns }, ...args);
    return { ...ended, stdout };
  }

  /** The same with a stdout of the caller's. */
  async function ratebookTo(stdout: Output, ...args: string[]) {
    let stderr = "";
    const code = await runCli(args, {
      stdout,
      stderr: { write: (text) => (stderr += text), isTTY: false, columns: 120 },
      env: { RATEBOOK_URL: url, RATEBOOK_API_KEY: DOORS_KEY, NO_COLOR: "1" },
      interrupted,
      createClient: createRatebookClient,
      pace: { pollMs: 50, retryMs: 10, patienceMs: 5_000 },
    });
    return { code, stderr };
  }

  /** Its document, after it has done what was asked. */
  async function ask<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await ratebook(...args, "--json");
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as T;
  }

  /** What all its commands have written to stdout so far. */
  return { ratebook, ratebookTo, ask, printed: () => printed };
}
