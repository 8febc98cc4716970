import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { recordSession } from "#/access/record-session.ts";
import { authAccounts, authSessions, authUsers, authVerifications } from "#/access/schema.ts";
import type { Db } from "#/platform/database.ts";
import { ROLES } from "#/terms/role.ts";

/** Set by the server itself, so that attempts are counted per client. */
export const CLIENT_ADDRESS_HEADER = "x-ratebook-client";

/** Over TLS: no other host, a sibling included, can set or read them. */
const HOST_COOKIES = {
  useSecureCookies: false,
  cookiePrefix: "__Host-ratebook",
  defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: "lax" as const, path: "/" },
};

type Options = Readonly<{ db: Db; secret: string; publicUrl: string | undefined }>;

/** People's accounts and sessions. Nobody can sign up; accounts are made on the server. */
export function createAuth({ db, secret, publicUrl }: Options) {
  return betterAuth({
    secret,
    ...(publicUrl === undefined ? {} : { baseURL: publicUrl }),
    basePath: "/api/auth",
    // A page may sign in to the host that served it, by whatever name that host was reached.
    trustedOrigins: (request) => {
      const host = request?.headers.get("host");
      return publicUrl !== undefined || !host ? [] : [`http://${host}`, `https://${host}`];
    },
    database: drizzleAdapter(db, {
      provider: "pg",
      schema: { user: authUsers, session: authSessions, account: authAccounts, verification: authVerifications },
    }),
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: { additionalFields: { role: { type: [...ROLES], input: false, defaultValue: "viewer" } } },
    // The database is asked each time: a session or a role that was taken away is gone with the next request.
    session: { cookieCache: { enabled: false } },
    databaseHooks: {
      session: {
        create: {
          after: (session, context) => recordSession(db, "access.signIn", session, readAddress(context)),
        },
        delete: {
          // A session that has run out is cleared away by whoever looks next.
          after: async (session, context) => {
            if (context?.path === "/sign-out") await recordSession(db, "access.signOut", session, readAddress(context));
          },
        },
      },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      ...(publicUrl?.startsWith("https:") ? HOST_COOKIES : {}),
    },
    // The gate counts attempts.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

function readAddress(context: { headers?: Headers | undefined } | null): string | undefined {
  return context?.headers?.get(CLIENT_ADDRESS_HEADER) ?? undefined;
}

export type Auth = ReturnType<typeof createAuth>;
