import { AppError } from "#/platform/errors.ts";

/** Of the driver, of sockets, and of Postgres itself: nobody there, not yet, not any more, or no room for another. */
const CODES: ReadonlySet<unknown> = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT", // There is no such Unix socket.
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "53300", // too_many_connections
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
]);
/** SQLSTATE class 08, connection exception. */
const CONNECTION_EXCEPTION = /^08[0-9A-Z]{3}$/;

const SOON_SECONDS = 2;

/**
 * A statement that failed because the database can't be reached, starts, stops or has no connection left: an error that its
 * sender can act on, by asking again. Undefined for anything else. Only for errors of statements: a socket's code says
 * nothing of whose socket it was.
 */
export function asDatabaseOutage(error: unknown): AppError | undefined {
  if (!listCauses(error).some(isOutage)) return undefined;
  const message = "The database can't be reached now: it may be starting, stopping or busy. Try again in a moment";
  return new AppError("UNAVAILABLE", message, { cause: error, retryAfterSeconds: SOON_SECONDS });
}

function isOutage(cause: Error): boolean {
  const code = "code" in cause ? cause.code : undefined;
  return CODES.has(code) || (typeof code === "string" && CONNECTION_EXCEPTION.test(code));
}

/** An error and everything that it came from, the error first. */
export function listCauses(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 20; cause = cause.cause) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors.filter((each) => each instanceof Error));
  }
  return causes;
}
