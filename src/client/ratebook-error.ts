/**
 * `refused`: the server said no, and asking again changes nothing before its reason does. `unwell`: it is there and can't
 * answer now. `unreachable`: no Ratebook server answered. `aborted`: a signal of the caller's ended it.
 */
export type FailureKind = "refused" | "unwell" | "unreachable" | "aborted";

type Details = Readonly<{
  kind: FailureKind;
  status?: number | undefined;
  retryAfterSeconds?: number | undefined;
  requestId?: string | undefined;
  check?: "url" | "apiKey" | undefined;
  cause?: unknown;
}>;

/** What every call of the client fails with; its message is one line for people. */
export class RatebookError extends Error {
  override readonly name = "RatebookError";
  readonly kind: FailureKind;
  /** Of the HTTP answer, when there was one: 429 when the server is busy with something else. */
  readonly status: number | undefined;
  /** When the server says how long to wait before trying again. */
  readonly retryAfterSeconds: number | undefined;
  /** What the server's log has it under. */
  readonly requestId: string | undefined;
  /** Which of the client's options is the likely reason. */
  readonly check: "url" | "apiKey" | undefined;

  constructor(message: string, { kind, status, retryAfterSeconds, requestId, check, cause }: Details) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.requestId = requestId;
    this.check = check;
  }
}
