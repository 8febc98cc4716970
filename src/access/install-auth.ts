import { fromNodeHeaders } from "better-auth/node";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Auth } from "#/access/auth.ts";
import { acceptInvite } from "#/access/users.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { CLIENT_ADDRESS_HEADER } from "#/access/auth.ts";

/** What the dashboard uses of the auth library; the rest of its endpoints is not reachable. */
const ROUTES = [
  { method: "POST", url: "/api/auth/sign-in/email", isGuess: true },
  { method: "POST", url: "/api/auth/sign-out", isGuess: false },
  { method: "GET", url: "/api/auth/get-session", isGuess: false },
] as const;

const joinBody = z.object({
  secret: z.string().min(20).max(100),
  name: z.string().trim().min(1).max(100),
  password: z.string().min(8, "at least 8 characters").max(128),
});

/** Serves sign-in, sign-out, and the making of an account from an invitation. */
export async function installAuth(app: FastifyInstance, { db, auth }: { db: Db; auth: Auth }): Promise<void> {
  app.post("/api/join", { onRequest: (request) => request.countGuess() }, async (request) => {
    const parsed = joinBody.safeParse(request.body);
    if (!parsed.success) throw new AppError("INVALID", z.prettifyError(parsed.error));
    return acceptInvite({ db, auth }, { ...parsed.data, address: request.ip });
  });
  await app.register(async (scope) => {
    // Its body is handed on as it came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
    for (const { method, url, isGuess } of ROUTES) {
      scope.route({
        method,
        url,
        ...(isGuess ? { onRequest: (request) => request.countGuess() } : {}),
        handler: async (request, reply) => {
          const response = await auth.handle(asWebRequest(request));
          for (const [name, value] of response.headers) if (name !== "set-cookie") void reply.header(name, value);
          for (const value of response.headers.getSetCookie()) void reply.header("set-cookie", value);
          return reply.code(response.status).send(await response.text());
        },
      });
    }
  });
}

function asWebRequest({ method, url, headers, protocol, host, ip, body }: FastifyRequest): Request {
  const sent = fromNodeHeaders(headers);
  sent.set(CLIENT_ADDRESS_HEADER, ip);
  const target = new URL(url, `${protocol}://${host || "localhost"}`);
  return new Request(target, { method, headers: sent, ...(typeof body === "string" ? { body } : {}) });
}
