import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { callerOf, takesKeysInAddresses } from "#/access/find-holder.ts";
import type { Principal } from "#/access/principal.ts";
import { headersOf, type RequestCounter, type RequestsLeft } from "#/access/request-counter.ts";
import { AppError } from "#/platform/errors.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set on everything behind the gate. */
    principal: Principal | undefined;
    /** For doors where a secret can be guessed: counts an attempt of this address. Throws `BUSY` when there were too many. */
    countGuess: () => Promise<void>;
  }
  interface FastifyContextConfig {
    /** It reads prices, of which a key may ask many more than of anything else. */
    isPriceRead?: true;
  }
}

const OPEN_PATHS = new Set([
  "/healthz",
  "/readyz",
  "/sign-in",
  "/favicon.ico",
  "/icon.svg",
  "/api/auth/sign-in/email",
  "/api/auth/sign-out",
  // The invitation itself is the credential.
  "/join",
  "/api/join",
]);
const OPEN_PREFIXES = ["/_next/static/"];

/**
 * Requests per minute: reads of prices, and everything else, of one key or person; of one address without good credentials;
 * and of one address where secrets can be guessed.
 */
export type RequestLimits = Readonly<{ priceReads: number; known: number; unknown: number; guesses: number }>;
export const USUAL_LIMITS: RequestLimits = { priceReads: 300_000, known: 3_000, unknown: 120, guesses: 10 };

type Options = Readonly<{
  find: (request: FastifyRequest) => Promise<Principal | undefined>;
  /** Counts reads of prices. */
  priceReads: RequestCounter;
  limits?: Partial<Omit<RequestLimits, "priceReads">>;
}>;

/**
 * Lets nothing through but the sign-in page, its assets, the health checks, and requests of somebody known. People are
 * sent to the sign-in page; programs get 401. A cookie from another site's page gets 403, and too many requests get 429.
 * `RateLimit` headers say how many are left. Each process counts for itself.
 */
export async function installGate(app: FastifyInstance, { find, priceReads, limits = {} }: Options): Promise<void> {
  const most = { ...USUAL_LIMITS, ...limits };
  await app.register(rateLimit, { global: false });
  const limit = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    const check = app.createRateLimit({ max, timeWindow: "1 minute", keyGenerator });
    return async (request: FastifyRequest, reply?: FastifyReply) => {
      const answer = await check(request);
      if (answer.isAllowed) return;
      const { isExceeded, remaining, ttlInSeconds: resetSeconds } = answer;
      allow({ limit: max, remaining, resetSeconds, isExceeded }, reply);
    };
  };
  const limitKnown = limit(most.known, ({ principal }) => (principal === undefined ? "" : callerOf(principal)));
  const limitUnknown = limit(most.unknown, ({ ip }) => `unknown ${ip}`);
  const limitGuesses = limit(most.guesses, ({ ip }) => `guess ${ip}`);

  app.decorateRequest("principal", undefined);
  app.decorateRequest("countGuess", function countGuess(this: FastifyRequest) {
    return limitGuesses(this);
  });
  app.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (OPEN_PATHS.has(path) || OPEN_PREFIXES.some((prefix) => path.startsWith(prefix))) return;
    const principal = await find(request);
    if (principal === undefined) {
      await limitUnknown(request);
      await turnAway(request, reply, path);
      return;
    }
    request.principal = { ...principal, requestId: request.id, jobIds: [] };
    if (request.routeOptions.config.isPriceRead === true) limitReads(priceReads, request.principal, reply);
    else await limitKnown(request, reply);
    if (request.principal.kind === "user") refuseForeignOrigin(request);
  });
}

function limitReads(priceReads: RequestCounter, principal: Principal, reply: FastifyReply): void {
  allow(priceReads.count(callerOf(principal)), reply);
}

/** Throws `BUSY` when nothing is left. */
function allow(left: RequestsLeft, reply: FastifyReply | undefined): void {
  void reply?.headers(headersOf(left));
  if (!left.isExceeded) return;
  const { resetSeconds: seconds } = left;
  throw new AppError("BUSY", `Too many requests; try again in ${seconds} s`, { retryAfterSeconds: seconds });
}

async function turnAway(request: FastifyRequest, reply: FastifyReply, path: string): Promise<void> {
  const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
  const isPage = wantsPage && !path.startsWith("/api/");
  if (!isPage) {
    // Some clients send the credentials of an address only when they are asked for them.
    if (takesKeysInAddresses(path))
      void reply.header("www-authenticate", 'Bearer, Basic realm="Ratebook", charset="UTF-8"');
    throw new AppError("UNAUTHENTICATED", "Sign in, or send an API key as `Authorization: Bearer KEY`");
  }
  const next = request.url === "/" ? "" : `?next=${encodeURIComponent(request.url)}`;
  await reply.redirect(`/sign-in${next}`, 302);
}

function refuseForeignOrigin({ method, headers }: FastifyRequest): void {
  if (method === "GET" || method === "HEAD" || headers.origin === undefined) return;
  const host = URL.canParse(headers.origin) ? new URL(headers.origin).host : undefined;
  if (host !== headers.host) throw new AppError("FORBIDDEN", "This request comes from another site's page");
}
