import { getTRPCErrorShape, type TRPCError } from "@trpc/server";
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readTransportError, toTrpcError } from "#/api/errors.ts";
import { installRest } from "#/api/install-rest.ts";
import { appRouter, type AppRouter } from "#/api/router.ts";
import type { ApiContext, ApiDeps } from "#/api/trpc.ts";
import { AppError } from "#/platform/errors.ts";

/** tRPC at `/api/trpc`, and the REST routes. Who is asking was found out by the gate. */
export async function installApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const createContext = (req: FastifyRequest): ApiContext => ({
    deps,
    principal: req.principal,
    requestId: req.id,
    countGuess: () => req.countGuess(),
  });
  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>["trpcOptions"] = {
    router: appRouter,
    // A question may be longer than an address can be.
    allowMethodOverride: true,
    createContext: ({ req }) => createContext(req),
    onError: ({ error, path, ctx }) => logFailure(app.log, error, { path, reqId: ctx?.requestId }),
    responseMeta: ({ errors }) => {
      const seconds = errors.map(readRetryAfter).find((each) => each !== undefined);
      const version = { "x-ratebook-version": deps.prices.version() };
      return { headers: seconds === undefined ? version : { ...version, "retry-after": String(seconds) } };
    },
  };
  await app.register(async (scope) => {
    // What is refused before tRPC sees it, by the gate or while the body is read.
    scope.setErrorHandler((thrown, request, reply) => {
      const error = toTrpcError(readTransportError(thrown));
      logFailure(app.log, error, { reqId: request.id });
      return refuse(reply, error, createContext(request));
    });
    scope.addHook("onSend", (_request, reply, payload) => asText(reply, payload));
    await scope.register(fastifyTRPCPlugin, { prefix: "/api/trpc", trpcOptions });
  });
  await installRest(app, deps);
}

/**
 * The text of what tRPC answers, which it makes a stream of. A text is compressed several times as quickly, and not at all when it
 * is short. Events stay a stream.
 */
async function asText(reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (!(payload instanceof Response)) return payload;
  if (payload.headers.get("content-type")?.startsWith("text/event-stream") === true) return payload;
  void reply.code(payload.status).headers(Object.fromEntries(payload.headers));
  return payload.text();
}

/** Answers in tRPC's shape, for each procedure of a batch, so that its clients can read why. */
function refuse(reply: FastifyReply, error: TRPCError, ctx: ApiContext): FastifyReply {
  const { params, query } = reply.request as FastifyRequest<{
    Params: { path?: string };
    Querystring: { batch?: string };
  }>;
  const { path = "" } = params;
  const shapeOf = (one: string) => ({
    error: getTRPCErrorShape({
      config: appRouter._def._config,
      error,
      type: "unknown",
      path: one,
      input: undefined,
      ctx,
    }),
  });
  const seconds = readRetryAfter(error);
  if (seconds !== undefined) void reply.header("retry-after", seconds);
  return reply
    .code(getHTTPStatusCodeFromError(error))
    .type("application/json")
    .send(query.batch === "1" ? path.split(",").map(shapeOf) : shapeOf(path));
}

function readRetryAfter({ cause }: TRPCError): number | undefined {
  return cause instanceof AppError ? cause.retryAfterSeconds : undefined;
}

/** Only what is our fault is an error in the log: a database that is away is none. */
function logFailure(
  log: FastifyBaseLogger,
  error: TRPCError,
  said: { path?: string | undefined; reqId?: string | undefined },
) {
  const line = { err: error.cause ?? error, ...said };
  if (error.code === "SERVICE_UNAVAILABLE") log.warn(line, "api: a procedure could not be answered now");
  if (error.code === "INTERNAL_SERVER_ERROR") log.error(line, "api: a procedure failed");
}
