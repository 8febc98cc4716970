import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "#/access/principal.ts";
import { AppError } from "#/platform/errors.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set on everything behind the gate. */
    principal: Principal | undefined;
    /** For doors where a secret can be guessed: counts an attempt of this address. Throws `BUSY` when there were too many. */
    countGuess: () => Promise<void>;
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

/** Requests per minute: of one key or person, of one address without good credentials, and of one address where secrets can be guessed. */
export type RequestLimits = Readonly<{ known: number; unknown: number; guesses: number }>;
const LIMITS: RequestLimits = { known: 3_000, unknown: 120, guesses: 10 };

type Options = Readonly<{
  find: (request: FastifyRequest) => Promise<Principal | undefined>;
  limits?: Partial<RequestLimits>;
}>;

/**
 * Lets nothing through but the sign-in page, its assets, the health checks, and requests of somebody known. People are
 * sent to the sign-in page; programs get 401. A cookie from another site's page gets 403, and too many requests get 429.
 * Each process counts for itself.
 */
export async function installGate(app: FastifyInstance, { find, limits = {} }: Options): Promise<void> {
  const most = { ...LIMITS, ...limits };
  await app.register(rateLimit, { global: false });
  const limit = (max: number, keyGenerator: (request: FastifyRequest) => string) => {
    const check = app.createRateLimit({ max, timeWindow: "1 minute", keyGenerator });
    return async (request: FastifyRequest) => {
      const answer = await check(request);
      if (answer.isAllowed || !answer.isExceeded) return;
      const seconds = answer.ttlInSeconds;
      throw new AppError("BUSY", `Too many requests; try again in ${seconds} s`, { retryAfterSeconds: seconds });
    };
  };
  const limitKnown = limit(most.known, ({ principal }) => `${principal?.kind ?? ""} ${principal?.id ?? ""}`);
  const limitUnknown = limit(most.unknown, ({ ip }) => `unknown ${ip}`);
  const limitGuesses = limit(most.guesses, ({ ip }) => `guess ${ip}`);

  app.decorateRequest("principal", undefined);
  app.decorateRequest("countGuess", function countGuess(this: FastifyRequest) {
    return limitGuesses(this);
  });
  app.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (OPEN_PATHS.has(path) || OPEN_PREFIXES.some((prefix) => path.startsWith(prefix))) return;
    request.principal = await find(request);
    if (request.principal === undefined) {
      await limitUnknown(request);
      await turnAway(request, reply, path);
      return;
    }
    await limitKnown(request);
    if (request.principal.kind === "user") refuseForeignOrigin(request);
  });
}

async function turnAway(request: FastifyRequest, reply: FastifyReply, path: string): Promise<void> {
  const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
  const isPage = wantsPage && !path.startsWith("/api/");
  if (!isPage) {
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
