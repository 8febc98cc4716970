import { TRPCError } from "@trpc/server";
import { asDatabaseOutage } from "#/platform/database-outage.ts";
import { asInputFault } from "#/platform/input-fault.ts";
import { AppError, type AppErrorCode } from "#/platform/errors.ts";

const TRPC_CODE = {
  INVALID: "UNPROCESSABLE_CONTENT",
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  CONFLICT: "CONFLICT",
  GONE: "NOT_FOUND",
  BUSY: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  LEASE_LOST: "CONFLICT",
} as const satisfies Record<AppErrorCode, TRPCError["code"]>;

/** The text of an error we don't know may carry SQL or credentials; it stays on `cause`, for the log. */
export function toTrpcError(error: unknown): TRPCError {
  const thrown = error instanceof TRPCError ? (error.cause ?? error) : error;
  const cause = asInputFault(thrown) ?? asDatabaseOutage(thrown) ?? thrown;
  if (cause instanceof AppError) return new TRPCError({ code: TRPC_CODE[cause.code], message: cause.message, cause });
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error;
  return new TRPCError({
    code: "INTERNAL_SERVER_ERROR",
    message: "Something went wrong; the server's log has it under this request id",
    cause,
  });
}

const TRANSPORT_CODE: Readonly<Record<number, TRPCError["code"]>> = {
  404: "NOT_FOUND",
  408: "TIMEOUT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
};

/** A request that the HTTP server could not read, as tRPC calls it; anything else as it is. */
export function readTransportError(error: unknown): unknown {
  if (!(error instanceof Error) || !("statusCode" in error)) return error;
  const { statusCode, message } = error;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return error;
  return new TRPCError({ code: TRANSPORT_CODE[statusCode] ?? "BAD_REQUEST", message });
}
