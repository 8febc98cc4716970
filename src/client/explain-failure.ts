import { TRPCClientError } from "@trpc/client";
import { findNetworkFailure, listCauses } from "#/client/network-failure.ts";
import { RatebookError } from "#/client/ratebook-error.ts";
import type { ServerAddress } from "#/client/server-address.ts";

type Answer = Readonly<{ status: number; body: unknown; retryAfter?: string | null }>;

/** Whatever a call threw, as an error whose message is one line for people. */
export function explainFailure(error: unknown, server: ServerAddress): RatebookError {
  const causes = listCauses(error);
  const explained = causes.find((cause) => cause instanceof RatebookError);
  if (explained !== undefined) return explained;
  if (causes.some(({ name }) => name === "AbortError")) {
    return new RatebookError("The request was ended before its answer", { kind: "aborted", cause: error });
  }
  const network = findNetworkFailure(error);
  if (network !== undefined) return unreachable(`Can't reach ${server.url}: ${oneLine(network.reason)}`, network.check);
  const shape = error instanceof TRPCClientError ? error.shape : undefined;
  const status = readField(readField(shape, "data"), "httpStatus");
  if (typeof status === "number") return explainAnswer({ status, body: { error: shape } }, server);
  // `askServer` lets good answers through, so this one was JSON of another kind, or none.
  const isForeign = readField(readField(error, "meta"), "response") !== undefined;
  if (isForeign || causes.some((cause) => cause instanceof SyntaxError)) return explainForeignAnswer(200, server);
  const message = error instanceof Error ? error.message : String(error);
  return new RatebookError(oneLine(message), { kind: "refused", cause: error });
}

/** An answer that does not bring what was asked for: tRPC's own error, a REST problem, or another server's page. */
export function explainAnswer({ status, body, retryAfter }: Answer, server: ServerAddress): RatebookError {
  if (status === 401) return explainUnauthorized(server);
  const error = readField(body, "error");
  const data = readField(error, "data");
  const message = asText(readField(error, "message")) ?? asText(readField(body, "detail"));
  if (message === undefined) return explainForeignAnswer(status, server);
  const requestId = asText(readField(data, "requestId")) ?? asText(readField(body, "instance"));
  const seconds = Number(readField(data, "retryAfterSeconds") ?? retryAfter ?? Number.NaN);
  return new RatebookError(`${oneLine(message)}${requestId === undefined ? "" : ` (request ${requestId})`}`, {
    kind: status >= 500 ? "unwell" : "refused",
    status,
    requestId,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
  });
}

function explainUnauthorized({ headers }: ServerAddress): RatebookError {
  const hasKey = "authorization" in headers;
  const message = hasKey ? "The server does not accept this API key" : "The server wants an API key";
  return new RatebookError(message, { kind: "refused", status: 401, check: "apiKey" });
}

// Proxies answer 502 to 504 for a server that is away; anything else that is not Ratebook's is another server's answer.
function explainForeignAnswer(status: number, { url }: ServerAddress): RatebookError {
  if (status >= 500) return unreachable(`Can't reach ${url}: HTTP ${status}. The server may be starting or stopping`);
  return new RatebookError(`${url} answers HTTP ${status}, and not as a Ratebook server does`, {
    kind: "unreachable",
    status,
    check: "url",
  });
}

export function unreachable(message: string, check?: RatebookError["check"]): RatebookError {
  return new RatebookError(message, { kind: "unreachable", check });
}

function readField(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** zod's `✖ words\n  → at field` becomes `field: words`. */
function oneLine(text: string): string {
  return text
    .replaceAll(/✖ (.+)\n\s*→ at (\S+)/g, "$2: $1")
    .replaceAll("✖ ", "")
    .trim()
    .replaceAll(/\s*\n\s*/g, "; ");
}
