import { readConfig } from "#/config.ts";

/** What closing takes after the drain, with open streams and a slow database. */
const CLOSING_SECONDS = 10;

/** How long a process with these settings may take to stop: whatever stops it has to wait for at least as long. */
export function secondsToStop(env: Readonly<Record<string, string>> = {}): number {
  return readConfig(env).drainMs / 1000 + CLOSING_SECONDS;
}
