import { betterAuth, type BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { recordSession } from "#/access/record-session.ts";
import { createStatementWatch } from "#/access/statement-watch.ts";
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

type Passwords = Readonly<{
  hash: (password: string) => Promise<string>;
  verify: (input: { password: string; hash: string }) => Promise<boolean>;
}>;

/** People's accounts and sessions. Nobody can sign up; accounts are made on the server. */
export function createAuth({ db, secret, publicUrl }: Options) {
  const statements = createStatementWatch();
  const adapter = drizzleAdapter(db, {
    provider: "pg",
    schema: { user: authUsers, session: authSessions, account: authAccounts, verification: authVerifications },
  });
  const auth = betterAuth({
    secret,
    ...(publicUrl === undefined ? {} : { baseURL: publicUrl }),
    basePath: "/api/auth",
    // A page may sign in to the host that served it, by whatever name that host was reached.
    trustedOrigins: (request) => {
      const host = request?.headers.get("host");
      return publicUrl !== undefined || !host ? [] : [`http://${host}`, `https://${host}`];
    },
    database: (options: BetterAuthOptions) => statements.noteAll(adapter(options)),
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: { additionalFields: { role: { type: [...ROLES], input: false, defaultValue: "viewer" } } },
    // The database is asked each time: a session or a role that was taken away is gone with the next request.
    session: { cookieCache: { enabled: false } },
    databaseHooks: {
      session: {
        create: {
          after: (session, context) =>
            statements.note(() => recordSession(db, "access.signIn", session, readAddress(context))),
        },
        delete: {
          // A session that has run out is cleared away by whoever looks next.
          after: async (session, context) => {
            if (context?.path !== "/sign-out") return;
            await statements.note(() => recordSession(db, "access.signOut", session, readAddress(context)));
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
    onAPIError: { throw: true },
  });
  return {
    /** How the library hashes and compares passwords. */
    findPasswords: async (): Promise<Passwords> => (await auth.$context).password,
    /** Serves one of the library's own routes. Throws what its statements failed with. */
    handle: (request: Request) => statements.run(() => auth.handler(request)),
    /** Whose session these headers carry, if it is good now. Throws what its statements failed with. */
    findSession: (headers: Headers) => statements.run(() => auth.api.getSession({ headers })),
  };
}

function readAddress(context: { headers?: Headers | undefined } | null): string | undefined {
  return context?.headers?.get(CLIENT_ADDRESS_HEADER) ?? undefined;
}

export type Auth = ReturnType<typeof createAuth>;
