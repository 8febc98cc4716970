import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#/api/router.ts";

function isApiError(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof RefusedError) return error.status;
  return isApiError(error) ? (error.data?.httpStatus ?? undefined) : undefined;
}

export function isSignedOut(error: unknown): boolean {
  return statusOf(error) === 401;
}

export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Asking again would get the same answer. */
export function isFinal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

/** What a REST route refused, in the server's own words. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  /** Of the HTTP answer, when it was one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

export type ErrorWords = Readonly<{ message: string; requestId?: string }>;

/** An error as a person can act on it. Never a stack, never markup that a proxy answered. */
export function describeError(error: unknown): ErrorWords {
  // What the server says then is for programs.
  if (isSignedOut(error)) return { message: "Your session has ended. Sign in again to go on." };
  if (error instanceof RefusedError) return { message: error.message };
  if (!isApiError(error) || error.data === undefined || error.data === null)
    return { message: "The server can't be reached. Check the connection, then try again." };
  const { requestId } = error.data;
  return { message: error.message, ...(requestId === undefined ? {} : { requestId }) };
}
