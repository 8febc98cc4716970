import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#/api/router.ts";
import { EXIT, type ExitCode } from "#/cli/exit-code.ts";

/**
 * `refused`: asking again changes nothing. `unwell`: the server is there and can't answer now.
 * `unreachable`: no Ratebook server answered.
 */
export type Failure = Readonly<{ kind: "refused" | "unwell" | "unreachable"; message: string; exitCode: ExitCode }>;

/** A failure of the command itself, in words for people. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What answered was not JSON, so it was not Ratebook. */
export class ForeignAnswerError extends Error {
  override readonly name = "ForeignAnswerError";
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}, and no JSON`);
    this.status = status;
  }
}

type Asked = Readonly<{ url: string; hasKey: boolean }>;

/** Puts whatever a request threw into one line, with the request id when there is one to quote. */
export function describeFailure(error: unknown, asked: Asked): Failure {
  if (error instanceof CliError) return { kind: "refused", message: error.message, exitCode: error.exitCode };
  const foreign = causesOf(error).find((cause) => cause instanceof ForeignAnswerError);
  const answer = foreign === undefined ? readAnswer(error) : { status: foreign.status };
  if (answer !== undefined) return describeAnswer(answer, asked);
  const reason = describeNetwork(error);
  if (reason !== undefined) return unreachable(`Can't reach ${asked.url}: ${reason}`);
  return refused(`Something went wrong in the ratebook command: ${oneLine(messageOf(error))}`);
}

/** `message` is there when it was Ratebook that answered. */
type Answer = Readonly<{ status: number; message?: string | undefined; requestId?: string | undefined }>;

function describeAnswer({ status, message, requestId }: Answer, asked: Asked): Failure {
  if (status === 401) return refused(describeUnauthorized(asked));
  if (message === undefined) return describeForeignAnswer(status, asked);
  const line = `${oneLine(message)}${requestId === undefined ? "" : ` (request ${requestId})`}`;
  return status >= 500 ? { kind: "unwell", message: line, exitCode: EXIT.failed } : refused(line);
}

/** A tRPC error, or the problem details of whatever stands before tRPC. */
function readAnswer(error: unknown): Answer | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  const { data, message, meta }: TRPCClientError<AppRouter> = error;
  if (data !== null && data !== undefined) return { status: data.httpStatus, message, requestId: data.requestId };
  const status = textOrNumber(meta?.["response"], "status");
  if (typeof status !== "number") return undefined;
  const problem = meta?.["responseJSON"];
  return {
    status,
    message: asText(textOrNumber(problem, "detail")),
    requestId: asText(textOrNumber(problem, "instance")),
  };
}

function textOrNumber(value: unknown, key: string): string | number | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" || typeof found === "number" ? found : undefined;
}

function asText(value: string | number | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function refused(message: string): Failure {
  return { kind: "refused", message, exitCode: EXIT.failed };
}

function unreachable(message: string): Failure {
  return { kind: "unreachable", message, exitCode: EXIT.unreachable };
}

function describeUnauthorized({ hasKey }: Asked): string {
  if (!hasKey) return "The server wants an API key: set RATEBOOK_API_KEY";
  return "The server does not accept this API key: set RATEBOOK_API_KEY to one that is valid";
}

// Proxies answer 502 to 504 for a server that is away; anything else that is not tRPC is another server's answer.
function describeForeignAnswer(status: number, { url }: Asked): Failure {
  if (status >= 500) return unreachable(`Can't reach ${url}: HTTP ${status}. The server may be starting or stopping`);
  return unreachable(`${url} answers HTTP ${status}, and not as a Ratebook server does. Check RATEBOOK_URL or --url`);
}

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused. Is the server running? RATEBOOK_URL or --url says where",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "there is no such host. Check RATEBOOK_URL or --url",
  EAI_AGAIN: "its name could not be looked up",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ETIMEDOUT: "it did not answer in time",
  UND_ERR_CONNECT_TIMEOUT: "it did not answer in time",
  UND_ERR_HEADERS_TIMEOUT: "it did not answer in time",
  UND_ERR_BODY_TIMEOUT: "it did not answer in time",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its TLS certificate is not trusted (self-signed)",
  SELF_SIGNED_CERT_IN_CHAIN: "its TLS certificate is not trusted (self-signed)",
  CERT_HAS_EXPIRED: "its TLS certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its TLS certificate is for another host",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its TLS certificate is not trusted",
  EPROTO: "it does not speak TLS. Should the address start with http://?",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS. Should the address start with http://?",
};

/** What kept a request from being answered; `undefined` when it was not the network. */
function describeNetwork(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    if (cause.name === "TimeoutError") return "it did not answer in time";
    const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
    const reason = NETWORK_REASONS[code];
    if (reason !== undefined) return reason;
  }
  const failed = causesOf(error).some(({ message }) => message === "fetch failed");
  const deepest = causesOf(error).at(-1);
  return failed && deepest !== undefined ? oneLine(deepest.message) : undefined;
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors.filter((each) => each instanceof Error));
  }
  return causes;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** zod's `✖ words\n  → at field` becomes `field: words`. */
function oneLine(text: string): string {
  return text
    .replaceAll(/✖ (.+)\n\s*→ at (\S+)/g, "$2: $1")
    .replaceAll("✖ ", "")
    .trim()
    .replaceAll(/\s*\n\s*/g, "; ");
}
