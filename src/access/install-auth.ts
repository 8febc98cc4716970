import { toNodeHandler } from "better-auth/node";
import type { FastifyInstance } from "fastify";
import type { Auth } from "#/access/auth.ts";
import { CLIENT_ADDRESS_HEADER } from "#/access/auth.ts";

/** What the dashboard uses of the auth library; the rest of its endpoints is not reachable. */
const ROUTES = [
  ["POST", "/api/auth/sign-in/email"],
  ["POST", "/api/auth/sign-out"],
  ["GET", "/api/auth/get-session"],
] as const;

/** Serves sign-in and sign-out. */
export async function installAuth(app: FastifyInstance, auth: Auth): Promise<void> {
  const handle = toNodeHandler(auth);
  await app.register(async (scope) => {
    // The auth library reads the body itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const [method, url] of ROUTES) {
      scope.route({
        method,
        url,
        handler: async (request, reply) => {
          request.raw.headers[CLIENT_ADDRESS_HEADER] = request.ip;
          void reply.hijack();
          await handle(request.raw, reply.raw);
        },
      });
    }
  });
}
