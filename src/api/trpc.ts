import { initTRPC } from "@trpc/server";
import { z } from "zod";
import type { Auth } from "#/access/auth.ts";
import type { CredentialWatch } from "#/access/credential-watch.ts";
import type { Principal } from "#/access/principal.ts";
import { requireRole } from "#/access/require-role.ts";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { toTrpcError } from "#/api/errors.ts";
import type { FindPresent } from "#/book/quote-usage.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Queue } from "#/platform/queue.ts";
import { inSpan } from "#/platform/span.ts";
import type { EventFeed } from "#/sync/events/event-feed.ts";
import type { AnswerCache } from "#/serve/answer-cache.ts";
import type { ExportStore } from "#/serve/export-store.ts";
import type { PastReader } from "#/serve/past-reader.ts";
import type { Snapshot } from "#/serve/snapshot.ts";
import type { FetchSource } from "#/sources/fetch-source.ts";

export type ApiDeps = Readonly<{
  db: Db;
  auth: Auth;
  feed: EventFeed;
  queue: Queue;
  fetchSource: FetchSource;
  alerts: AlertDeps;
  /** The present book in memory. */
  prices: Snapshot;
  exports: ExportStore;
  /** Reads what was, from a replica where there is one. */
  past: PastReader;
  answers: AnswerCache;
  /** Ends streams whose session or key has ended. */
  credentials: CredentialWatch;
  /** Aborts when the server starts to shut down, so that streams end and clients connect elsewhere. */
  draining: AbortSignal;
  /** Answers present rates from memory. */
  findPresent: FindPresent;
  /** `ADMIN_API_KEY` is set. */
  hasBootstrapKey: boolean;
}>;

export type ApiContext = Readonly<{
  deps: ApiDeps;
  principal: Principal | undefined;
  requestId: string;
  /** For procedures where a secret can be guessed. Throws `BUSY` when there were too many attempts. */
  countGuess: () => Promise<void>;
}>;

const t = initTRPC.context<ApiContext>().create({
  isDev: false,
  sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  errorFormatter({ shape, error, ctx }) {
    const { cause } = error;
    const message = cause instanceof z.ZodError ? z.prettifyError(cause) : toTrpcError(error).message;
    const retryAfterSeconds = cause instanceof AppError ? cause.retryAfterSeconds : undefined;
    return { ...shape, message, data: { ...shape.data, requestId: ctx?.requestId, retryAfterSeconds } };
  },
});

export const { router } = t;
export const { createCallerFactory } = t;

/** Errors come out as the table of `errors.ts` says. */
const explained = t.procedure.use(({ path, next }) =>
  inSpan(path, { "rpc.system": "trpc" }, async () => {
    const result = await next();
    if (!result.ok) throw toTrpcError(result.error);
    return result;
  }),
);

/** Who has written something finds it in the prices that this process answers. */
const followed = explained.use(async ({ ctx, type, next }) => {
  const result = await next();
  if (type === "mutation") await ctx.deps.prices.refresh();
  return result;
});

/** What the role table lets through. */
export const procedure = followed.use(({ ctx, path, next }) => {
  const { principal } = ctx;
  if (principal === undefined) throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key");
  requireRole(principal, path);
  return next({ ctx: { ...ctx, principal } });
});

type Streaming = Readonly<{
  ctx: Pick<ApiContext, "deps"> & Readonly<{ principal: Principal }>;
  path: string;
  signal: AbortSignal | undefined;
}>;

/**
 * The events of a subscription. `open` gets the signal that ends them: the client has gone, the server stops, or the
 * session or key has ended or may not see them any more, which the client is told as an error.
 */
export async function* streamWhileAllowed<T>(
  { ctx: { deps, principal }, path, signal }: Streaming,
  open: (stop: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  const { ended, release } = deps.credentials.watch(principal, path);
  const stop = AbortSignal.any([deps.draining, ended, ...(signal === undefined ? [] : [signal])]);
  try {
    yield* open(stop);
  } catch (error) {
    throw signal?.aborted === true ? error : toTrpcError(error);
  } finally {
    release();
  }
}
