import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import type { Logger } from "pino";
import { AppError, type AppErrorCode } from "#/platform/errors.ts";

export const HTTP_STATUS = {
  INVALID: 422,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  BUSY: 429,
  UNAVAILABLE: 503,
  LEASE_LOST: 409,
} as const satisfies Record<AppErrorCode, number>;

/** Fastify with our way of saying that something went wrong: problem details (RFC 9457), an id to quote, no internals. */
export function createHttp(log: Logger): FastifyInstance {
  // A line per request is noise at the usual level.
  const logger: FastifyBaseLogger = log.child({}, { level: log.level === "info" ? "warn" : log.level });
  const app = Fastify({
    loggerInstance: logger,
    genReqId: () => randomUUID(),
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 2_000 },
    forceCloseConnections: true,
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, "http: a request failed");
    if (error instanceof AppError && error.retryAfterSeconds !== undefined)
      void reply.header("retry-after", error.retryAfterSeconds);
    return reply
      .code(problem.status)
      .type("application/problem+json")
      .send({ type: "about:blank", title: STATUS_CODES[problem.status], ...problem, instance: request.id });
  });
  return app;
}

function toProblem(error: unknown): { status: number; detail: string } {
  if (error instanceof AppError) return { status: HTTP_STATUS[error.code], detail: error.message };
  const faults = readFaults(error);
  if (faults !== undefined) return { status: HTTP_STATUS.INVALID, detail: faults };
  const status = readStatus(error);
  // Fastify's own 4xx say what was wrong with the request; anything else may carry SQL or credentials.
  if (status !== undefined && error instanceof Error) return { status, detail: error.message };
  return { status: 500, detail: "Something went wrong; the server's log has it under this instance id" };
}

/** What a route's schema found wrong with a request. */
function readFaults(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("validation" in error) || !Array.isArray(error.validation)) return undefined;
  const part = "validationContext" in error ? String(error.validationContext) : "request";
  const faults: readonly FastifySchemaValidationError[] = error.validation;
  return faults
    .map(
      ({ instancePath, message }) =>
        `${instancePath.slice(1).replaceAll("/", ".") || part}: ${message ?? "is not valid"}`,
    )
    .join("; ");
}

function readStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
