import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import helmet from "@fastify/helmet";
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import type { Logger } from "pino";
import { asInputFault } from "#/platform/input-fault.ts";
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

export type HttpOptions = Readonly<{
  /** A proxy in front ends TLS, and says whose request it passes on. */
  isBehindProxy: boolean;
  /** The pages are compiled as they are asked for, with tools that a policy of contents would refuse. */
  isDevelopment?: boolean;
}>;

/** A body may come as slowly as this; an upload of 64 MiB fits. */
const SLOWEST_REQUEST_MS = 120_000;

/** Pages load nothing from elsewhere and stand in nobody's frame. Next writes its data into them as inline scripts. */
const CONTENT_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'unsafe-inline'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** Fastify with our way of saying that something went wrong: problem details (RFC 9457), an id to quote, no internals. */
export function createHttp(log: Logger, { isBehindProxy, isDevelopment = false }: HttpOptions): FastifyInstance {
  // A line per request is noise at the usual level.
  const logger: FastifyBaseLogger = log.child({}, { level: log.level === "info" ? "warn" : log.level });
  const app = Fastify({
    loggerInstance: logger,
    genReqId: () => randomUUID(),
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 2_000 },
    trustProxy: isBehindProxy ? (_address: string, hop: number) => hop === 0 : false,
    requestTimeout: SLOWEST_REQUEST_MS,
    forceCloseConnections: true,
  });
  void app.register(helmet, {
    contentSecurityPolicy: isDevelopment ? false : CONTENT_POLICY,
    strictTransportSecurity: isBehindProxy ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
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

function toProblem(thrown: unknown): { status: number; detail: string } {
  const error = asInputFault(thrown) ?? thrown;
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
