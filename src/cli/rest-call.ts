import { CliError } from "#/cli/describe-failure.ts";
import type { Session } from "#/cli/session.ts";

/** One call of a REST route with the session's key. Throws `CliError` with the server's own words when it refuses. */
export async function callRest(session: Session, path: string, init: RequestInit = {}): Promise<Response> {
  const { url, io } = session;
  const key = io.env["RATEBOOK_API_KEY"]?.trim();
  const headers = new Headers(init.headers);
  if (key !== undefined && key !== "") headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(`${url.replace(/\/+$/, "")}${path}`, { ...init, headers, signal: io.interrupted });
  if (response.ok) return response;
  const problem: unknown = await response.json().catch(() => undefined);
  throw new CliError(readDetail(problem) ?? `The server answered ${response.status}`);
}

function readDetail(problem: unknown): string | undefined {
  if (typeof problem !== "object" || problem === null || !("detail" in problem)) return undefined;
  return typeof problem.detail === "string" ? problem.detail : undefined;
}
