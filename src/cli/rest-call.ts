import { askServer } from "#/client/ask-server.ts";
import type { Session } from "#/cli/session.ts";

// An archived payload of many megabytes may take minutes over a slow line.
const TIMEOUT_MS = 10 * 60_000;

/** One call of a REST route with the session's key. Throws `RatebookError` like every call of the client. */
export function callRest({ server, io }: Session, path: string, init: RequestInit = {}): Promise<Response> {
  return askServer(server, { timeoutMs: TIMEOUT_MS }, `${server.url}${path}`, { ...init, signal: io.interrupted });
}
