import { randomUUID } from "node:crypto";
import { createServer, STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { FastifySchemaValidationError } from "fastify/types/schema.js";
import type { Logger } from "pino";
import { answerHeaders } from "#/platform/answer-headers.ts";
import { asDatabaseOutage } from "#/platform/database-outage.ts";
import { asInputFault } from "#/platform/input-fault.ts";
import { AppError, type AppErrorCode } from "#/platform/errors.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** It answers data with its own words to a browser, which are few: it is asked very often. */
    isData?: true;
  }
}

export const HTTP_STATUS = {
  INVALID: 422,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  GONE: 410,
  BUSY: 429,
  UNAVAILABLE: 503,
  LEASE_LOST: 409,
} as const satisfies Record<AppErrorCode, number>;

export type HttpOptions = Readonly<{
  /** A proxy in front ends TLS, and says whose request it passes on. */
  isBehindProxy: boolean;
  /** The pages are compiled as they are asked for, with tools that a policy of contents would refuse. */
  isDevelopment?: boolean;
  slowest?: SlowestClient;
  /** Answers what it can in front of the routes. */
  shortcut?: (request: IncomingMessage, response: ServerResponse) => boolean;
}>;

/** Until when a client has to have sent its headers and the whole request, and how often that is looked at. */
export type SlowestClient = Readonly<{ headersMs: number; requestMs: number; checkMs: number }>;
/** An upload of 64 MiB fits. */
const SLOWEST_CLIENT: SlowestClient = { headersMs: 15_000, requestMs: 120_000, checkMs: 5_000 };

/** Longer than proxies in front keep an idle connection. */
const IDLE_CONNECTION_MS = 72_000;

const MOST_BODY_BYTES = 1024 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;

/** Fastify with our way of saying that something went wrong: problem details (RFC 9457), an id to quote, no internals. */
export function createHttp(
  log: Logger,
  { isBehindProxy, isDevelopment = false, slowest = SLOWEST_CLIENT, shortcut }: HttpOptions,
): FastifyInstance {
  const logger: FastifyBaseLogger = log.child({}, { level: log.level === "info" ? "warn" : log.level });
  const app = Fastify({
    loggerInstance: logger,
    // `logRequests` writes one line for each, and failures carry the request's id: neither needs a logger of its own.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: numberRequests(),
    bodyLimit: MOST_BODY_BYTES,
    routerOptions: { maxParamLength: 2_000 },
    trustProxy: isBehindProxy ? (_address: string, hop: number) => hop === 0 : false,
    serverFactory: (handle) => {
      const options = {
        headersTimeout: slowest.headersMs,
        requestTimeout: slowest.requestMs,
        connectionsCheckingInterval: slowest.checkMs,
        keepAliveTimeout: IDLE_CONNECTION_MS,
        maxHeaderSize: MOST_HEADER_BYTES,
      };
      return createServer(options, (request, response) => {
        leaveAddressOut(request);
        if (shortcut?.(request, response) !== true) handle(request, response);
      });
    },
    clientErrorHandler: refuseUnread,
    forceCloseConnections: true,
  });
  const standing = Object.entries(answerHeaders({ isBehindProxy, isDevelopment }));
  const saySafe = (reply: FastifyReply) => {
    for (const [name, value] of standing) reply.raw.setHeader(name, value);
  };
  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.isData !== true) saySafe(reply);
    done();
  });
  app.setErrorHandler((thrown, request, reply) => {
    saySafe(reply);
    const error = explainError(thrown);
    const problem = toProblem(error);
    logFailure(request, thrown, problem.status);
    if (error instanceof AppError && error.retryAfterSeconds !== undefined)
      void reply.header("retry-after", error.retryAfterSeconds);
    return reply
      .code(problem.status)
      .type("application/problem+json")
      .send({ type: "about:blank", title: STATUS_CODES[problem.status], ...problem, instance: request.id });
  });
  return app;
}

/**
 * A client that takes us for a proxy sends the whole address (`GET http://name:KEY@host/path`), which would stand in the log and
 * match no route.
 */
function leaveAddressOut(request: IncomingMessage): void {
  const { url = "" } = request;
  if (url.startsWith("/") || !URL.canParse(url)) return;
  const { pathname, search } = new URL(url);
  request.url = `${pathname}${search}`;
}

/** Answers what never became a request: too slow, headers too large, or no HTTP at all. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const status = error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
  const title = STATUS_CODES[status] ?? "";
  const body = JSON.stringify({ type: "about:blank", title, status, detail: UNREAD[status], instance: randomUUID() });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${title}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  socket.destroySoon();
}

const UNREAD = {
  400: "This is not an HTTP request",
  408: "The request came too slowly",
  431: `The headers are larger than ${MOST_HEADER_BYTES} bytes`,
} as const;

/** What is no fault of ours, as an error that says so; anything else as it is. */
function explainError(error: unknown): unknown {
  // A request that could not be read to its end has a status already, and a socket's code as an outage has one.
  if (readStatus(error) !== undefined) return error;
  return asInputFault(error) ?? asDatabaseOutage(error) ?? error;
}

/** Only what is our fault is an error in the log: a database that is away is none. */
function logFailure({ id: reqId, log }: FastifyRequest, error: unknown, status: number): void {
  if (status === 503) log.warn({ err: error, reqId }, "http: a request could not be answered now");
  else if (status >= 500) log.error({ err: error, reqId }, "http: a request failed");
}

/** Ids that no other process gives, nor this one after a restart. */
function numberRequests(): () => string {
  const process = randomUUID();
  let count = 0;
  return () => `${process}-${(count += 1)}`;
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
