import type { AddressInfo } from "node:net";
import { initTRPC, tracked, TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { z } from "zod";
import type { RankOutcome, RateCheck, SyncDetail, SyncEvent, SyncStatus } from "#/cli/api-types.ts";
import { NO_COUNTS } from "#/terms/progress.ts";

export const JOB_ID = "6f1c0b52-9a0e-4a55-8d0b-0f3f5a1f7a11";
export const KEY = "stub-key-0123456789";

export type StubState = {
  status: SyncStatus;
  events: SyncEvent[];
  /** How many events a connection gets before it is cut; for ever when absent. */
  cutAfter?: number | undefined;
  /** A stream that is open and says nothing. */
  mute?: boolean;
  /** Replays everything, whatever event it is asked to continue after. */
  forgetful?: boolean;
  /** The book says otherwise than what it is worked out of. */
  isBookWrong?: boolean;
};

const BOOK_DIFFERENCE = {
  seller: "openai",
  model: "gpt-5",
  variant: "default",
  from: "2026-08-01T12:00:00.000Z",
  words: "nothing stands behind the row 7",
};

/** A sync with one source that was read and one that failed. */
export function makeDetail(status: SyncStatus): SyncDetail {
  const entry = {
    startedAt: "2026-08-01T12:00:01.000Z",
    completedAt: "2026-08-01T12:00:00.000Z",
    errorCode: null,
    errorMessage: null,
    retryable: null,
    httpStatus: 200,
    bytes: 10,
    payloadDigest: null,
    rejectSamples: [],
    unreadFields: [],
    notes: [],
    fetchMs: 1,
    parseMs: 1,
    applyMs: 1,
    attempt: 1,
  };
  const counts = { ...NO_COUNTS, offers: 1_234, priced: 1_200, free: 30, unknown: 4 };
  return {
    jobId: JOB_ID,
    status,
    trigger: "person",
    triggeredBy: "key:test",
    startedBy: "key:test",
    counts: { changed: 0, new: 0, held: 0, rejected: 0 },
    sourceOutcomes: [],
    triggeredAt: "2026-08-01T12:00:00.000Z",
    startedAt: "2026-08-01T12:00:01.000Z",
    completedAt: null,
    durationSeconds: 4.25,
    errorMessage: null,
    sources: null,
    attempt: 1,
    worker: "worker-1",
    cancelRequested: false,
    retryAt: null,
    retryOf: null,
    retriedBy: null,
    attempts: [],
    progress: null,
    progressPercent: 0,
    kind: "sync",
    dryRun: false,
    input: {},
    result: null,
    lastEventId: "0",
    log: [
      {
        ...entry,
        source: "openrouter",
        outcome: "applied",
        counts: { ...counts, rejected: 2, rejectedBy: { negative: 2 }, skippedBy: {} },
      },
      { ...entry, source: "litellm", outcome: "failed", counts: { ...NO_COUNTS, rejectedBy: {}, skippedBy: {} } },
    ],
  };
}

/** The `id`th event of the one job. */
export function makeEvent(
  id: number,
  kind: SyncEvent["kind"],
  message: string,
  more: Partial<SyncEvent["data"]> = {},
): SyncEvent {
  const data = { message, status: "running" as const, ...more };
  return { id: String(id), jobId: JOB_ID, at: `2026-08-01T12:00:0${id % 10}.000Z`, kind, data };
}

const t = initTRPC.context<{ key: string | undefined }>().create({
  isDev: false,
  errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, requestId: "request-7" } }),
});
const procedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.key !== `Bearer ${KEY}`) throw new TRPCError({ code: "UNAUTHORIZED", message: "no" });
  return next();
});

function createStubRouter(state: StubState, cut: () => void) {
  const job = z.object({ jobId: z.string() });
  return t.router({
    lock: t.router({
      status: procedure.query(() => ({
        held: false,
        worker: null,
        jobId: null,
        fence: "3",
        lockedAt: null,
        expiresAt: null,
        secondsLeft: 0,
      })),
    }),
    prices: t.router({
      verify: procedure.query((): RateCheck => ({
        rates: 2,
        shared: 1,
        pieces: 3,
        versions: 4,
        differences: state.isBookWrong === true ? [BOOK_DIFFERENCE] : [],
        total: state.isBookWrong === true ? 1 : 0,
      })),
    }),
    sources: t.router({
      rank: procedure
        .input(z.object({ name: z.string(), rank: z.number(), dryRun: z.boolean() }))
        .mutation(({ input }): RankOutcome => ({
          order: [input.name, "litellm"],
          settled: 3,
          changed: 1,
          changes: [],
          monthlyImpactUsd: null,
          isDryRun: input.dryRun,
        })),
      test: procedure.input(z.object({ name: z.string() })).mutation(({ input }) => ({
        name: input.name,
        ok: false,
        message: "answered 500",
        bytes: null,
        fetchMs: null,
        offers: {},
        rejected: {},
      })),
      add: procedure.input(z.object({ name: z.string(), kind: z.string(), url: z.string() })).mutation(({ input }) => ({
        ...input,
        enabled: true,
        lastSuccessAt: null,
        lastOutcome: null,
        lastError: null,
        retryAfter: null,
      })),
    }),
    syncs: t.router({
      trigger: procedure
        .input(z.object({ ifBusy: z.string().optional(), sources: z.array(z.string()).optional() }))
        .mutation(({ input }) => {
          if (input.ifBusy === "reject")
            throw new TRPCError({ code: "TOO_MANY_REQUESTS", message: "Sync 1 is running" });
          return { outcome: "queued", jobId: JOB_ID };
        }),
      get: procedure.input(job).query(({ input }) => {
        if (input.jobId !== JOB_ID)
          throw new TRPCError({ code: "NOT_FOUND", message: `There is no sync ${input.jobId}` });
        return makeDetail(state.status);
      }),
      cancel: procedure.input(job).mutation(() => ({ outcome: "already_ended", jobId: JOB_ID })),
      list: procedure.query(() => ({ syncs: [makeDetail("success")], nextCursor: null })),
      active: procedure.query(() => ({ running: [], queued: [] })),
      watch: procedure
        .input(z.object({ jobId: z.string().optional(), lastEventId: z.string().optional() }))
        .subscription(async function* ({ input, signal }) {
          const after = state.forgetful === true ? 0n : BigInt(input.lastEventId ?? 0);
          let sent = 0;
          for (const event of state.mute === true ? [] : state.events) {
            if (BigInt(event.id) <= after) continue;
            if (sent === state.cutAfter) {
              cut();
              break;
            }
            yield tracked(event.id, event);
            sent += 1;
          }
          await new Promise((resolve) => signal?.addEventListener("abort", resolve));
        }),
    }),
  });
}

export type StubApi = Readonly<{
  url: string;
  state: StubState;
  /** How often somebody asked to watch. */
  watches: () => number;
  close: () => Promise<void>;
}>;

/** What the CLI needs of a server, over real HTTP; `port` 0 is any free one. */
export async function openStubApi(state: StubState, port = 0): Promise<StubApi> {
  let watches = 0;
  const server = createHTTPServer({
    basePath: "/api/trpc/",
    router: createStubRouter(state, () => setImmediate(() => server.closeAllConnections())),
    createContext: ({ req }) => {
      if (req.url?.includes("syncs.watch") === true) watches += 1;
      return { key: req.headers.authorization };
    },
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    state,
    watches: () => watches,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
