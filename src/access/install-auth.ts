import { toNodeHandler } from "better-auth/node";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Auth } from "#/access/auth.ts";
import { acceptInvite } from "#/access/users.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { CLIENT_ADDRESS_HEADER } from "#/access/auth.ts";

/** What the dashboard uses of the auth library; the rest of its endpoints is not reachable. */
const ROUTES = [
  ["POST", "/api/auth/sign-in/email"],
  ["POST", "/api/auth/sign-out"],
  ["GET", "/api/auth/get-session"],
] as const;

const joinBody = z.object({
  secret: z.string().min(20).max(100),
  name: z.string().trim().min(1).max(100),
  password: z.string().min(8, "at least 8 characters").max(128),
});

/** Serves sign-in, sign-out, and the making of an account from an invitation. */
export async function installAuth(app: FastifyInstance, { db, auth }: { db: Db; auth: Auth }): Promise<void> {
  app.post("/api/join", async (request) => {
    const parsed = joinBody.safeParse(request.body);
    if (!parsed.success) throw new AppError("INVALID", z.prettifyError(parsed.error));
    return acceptInvite({ db, auth }, { ...parsed.data, address: request.ip });
  });
  const handle = toNodeHandler(auth);
  await app.register(async (scope) => {
    // The auth library would read a body of any size itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
    for (const [method, url] of ROUTES) {
      scope.route({
        method,
        url,
        handler: async (request, reply) => {
          request.raw.headers[CLIENT_ADDRESS_HEADER] = request.ip;
          if (typeof request.body === "string") Object.assign(request.raw, { body: request.body });
          void reply.hijack();
          await handle(request.raw, reply.raw);
        },
      });
    }
  });
}
