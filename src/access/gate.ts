import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "#/access/principal.ts";
import { AppError } from "#/platform/errors.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set on everything behind the gate. */
    principal: Principal | undefined;
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

type Options = Readonly<{ find: (request: FastifyRequest) => Promise<Principal | undefined> }>;

/**
 * Lets nothing through but the sign-in page, its assets, the health checks, and requests of somebody known. People are
 * sent to the sign-in page; programs get 401. A cookie from another site's page gets 403.
 */
export function installGate(app: FastifyInstance, { find }: Options): void {
  app.decorateRequest("principal", undefined);
  app.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "/";
    if (OPEN_PATHS.has(path) || OPEN_PREFIXES.some((prefix) => path.startsWith(prefix))) return;
    request.principal = await find(request).catch((cause: unknown) => {
      // An outage is not "signed out".
      throw new AppError("UNAVAILABLE", "Who you are can't be checked now; try again in a moment", { cause });
    });
    if (request.principal === undefined) await turnAway(request, reply);
    else if (request.principal.kind === "user") refuseForeignOrigin(request);
  });
}

async function turnAway(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const isPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
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
