import { explainAnswer, explainFailure } from "#/client/explain-failure.ts";
import type { ServerAddress } from "#/client/server-address.ts";

type Asked = Readonly<{
  /** What the answer's content type must say; any will do when absent. */
  type?: "json" | "text/event-stream";
  /** To the end of the answer; of a stream, to its beginning. */
  timeoutMs: number;
}>;

/** fetch with the server's key. Throws `RatebookError` for no answer, for a refusal, and for an answer of another type. */
export async function askServer(
  server: ServerAddress,
  { type, timeoutMs }: Asked,
  ...[target, init]: Parameters<typeof fetch>
): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("No answer in time", "TimeoutError")), timeoutMs).unref();
  const signal = init?.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal;
  const headers = { ...Object.fromEntries(new Headers(init?.headers)), ...server.headers };
  const response = await fetch(target, { ...init, headers, signal }).catch((error: unknown) => {
    throw explainFailure(error, server);
  });
  const answered = response.headers.get("content-type") ?? "";
  if (response.ok && (type === undefined || answered.includes(type))) {
    if (type === "text/event-stream") clearTimeout(timer);
    return response;
  }
  const body: unknown = await response.json().catch(() => undefined);
  throw explainAnswer({ status: response.status, body, retryAfter: response.headers.get("retry-after") }, server);
}
