import { describeTarget, readDatabaseUrl, type DatabaseTarget } from "#/platform/database-url.ts";
import { AppError } from "#/platform/errors.ts";
import { TLS_NOT_OFFERED } from "#/platform/server-socket.ts";

/** What a failure means and what to do about it. `said` is for failures whose own message says nothing to people. */
type Explanation = Readonly<{ said?: string; advice: string | ((target: DatabaseTarget) => string) }>;

const CHECK_PLACE = "Check that Postgres is running and that DATABASE_URL has the right host and port";
const CHECK_NETWORK = "Check the host and port in DATABASE_URL, and that no firewall stands between";
const WRONG_LOGIN =
  "Check the user and the password in DATABASE_URL. Special characters in a password are percent-encoded: @ is %40";
const UNTRUSTED: Explanation = {
  said: "its certificate is not signed by an authority that is trusted here",
  advice:
    "Name the certificate of its authority with sslrootcert=FILE in DATABASE_URL, or encrypt without a check of the certificate with sslmode=require",
};
const FREE_SPACE = "Free space on the database's disk, then start again";
const MORE_CONNECTIONS =
  "Ratebook needs up to 20 connections a process. Close others, raise max_connections, or put a pooler such as PgBouncer in front";
const OWN_DATABASE = "Other software seems to keep its tables there. Give Ratebook a database of its own";
const NAMED_STATEMENTS =
  "A pooler in transaction mode seems to stand between. Put pgbouncer=true into DATABASE_URL, or let the pooler keep named statements (max_prepared_statements, PgBouncer 1.21 and later)";

/** By SQLSTATE of the server, or by the code of the network's, TLS's or the driver's error. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  "28P01": { advice: WRONG_LOGIN },
  "28000": {
    advice: ({ sslMode }) =>
      sslMode === "disable"
        ? "If the server wants TLS, put sslmode=require into DATABASE_URL; otherwise let this user in from this address in pg_hba.conf"
        : "Check the user in DATABASE_URL, and that pg_hba.conf of the server lets it in from this address",
  },
  "3D000": {
    advice: ({ database }) => `Create it, or correct its name in DATABASE_URL: create database ${quote(database)}`,
  },
  "42501": { advice: adviseGrant },
  "3F000": { advice: "Create the schema that the user's search_path names: create schema" },
  "25006": { advice: "Name the primary server in DATABASE_URL: Ratebook has to write" },
  "53100": { advice: FREE_SPACE },
  "53300": { advice: MORE_CONNECTIONS },
  "53200": { advice: "The server is out of memory. Give it more, or lower what others use" },
  "57P03": { advice: "Wait until the server has started, then start again" },
  "57P01": { advice: "Wait until the server has started again, then start again" },
  "42P07": { advice: OWN_DATABASE },
  "42710": { advice: OWN_DATABASE },
  "08P01": { advice: advisePooler },
  "26000": { advice: NAMED_STATEMENTS },
  ECONNREFUSED: { said: "nothing listens there", advice: CHECK_PLACE },
  ENOENT: { said: "there is no such Unix socket", advice: CHECK_PLACE },
  EACCES: { said: "this user may not open the Unix socket", advice: "Start Ratebook as a user that may open it" },
  ENOTFOUND: { said: "no such host is known", advice: "Check the host in DATABASE_URL" },
  EAI_AGAIN: {
    said: "the host's name could not be looked up",
    advice: "Check the host in DATABASE_URL, and the network",
  },
  ETIMEDOUT: { said: "it did not answer in time", advice: CHECK_NETWORK },
  CONNECT_TIMEOUT: { said: "it did not answer in time", advice: CHECK_NETWORK },
  EHOSTUNREACH: { said: "no way leads to that host", advice: CHECK_NETWORK },
  ENETUNREACH: { said: "no way leads to that network", advice: CHECK_NETWORK },
  ECONNRESET: { said: "the connection was cut off", advice: CHECK_NETWORK },
  CONNECTION_CLOSED: { said: "the connection was cut off", advice: CHECK_NETWORK },
  [TLS_NOT_OFFERED]: {
    advice: ({ sslMode }) =>
      `DATABASE_URL asks for it with sslmode=${sslMode}. Switch ssl on in the server, or allow a plain connection with sslmode=prefer`,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: { advice: "Renew the server's certificate, or encrypt without a check of it with sslmode=require" },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    said: "its certificate is for another host name",
    advice: "Use the host name that the certificate is for, or check the authority alone with sslmode=verify-ca",
  },
};

/**
 * What keeps us from using a database, in two lines: what was tried and what came back; what to do. The password is never
 * among them. `undefined` for an error that has another reason.
 */
export function explainDatabaseError(error: unknown, url: string): AppError | undefined {
  const found = findCoded(error);
  if (found === undefined) return undefined;
  const target = readDatabaseUrl(url);
  const { said = found.message, advice } = found.explanation;
  const lines = [
    `${describeTarget(target)} can't be used: ${said}.`,
    `${typeof advice === "string" ? advice : advice(target)}.`,
  ];
  return new AppError("UNAVAILABLE", lines.join("\n"), { cause: error });
}

/** The first error of a chain of causes that says what it is. */
function findCoded(error: unknown): { message: string; explanation: Explanation } | undefined {
  if (!(error instanceof Error) || error instanceof AppError) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const explanation = EXPLANATIONS[code];
  if (explanation !== undefined && isFromDatabase(error, code)) return { message: error.message, explanation };
  // Several addresses of one host were tried.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return findCoded(error.cause ?? first);
}

/** Files and ports have errors with the same codes. */
function isFromDatabase(error: Error, code: string): boolean {
  return (
    !/^E[A-Z]+$/.test(code) || !("syscall" in error) || /^(connect|read|write|getaddrinfo)$/.test(String(error.syscall))
  );
}

function adviseGrant({ database, user }: DatabaseTarget): string {
  const [at, to] = [quote(database), quote(user)];
  return `Ratebook makes its own tables and schemas. As the database's owner, run: grant create on database ${at} to ${to}; grant create on schema public to ${to}`;
}

function advisePooler({ user }: DatabaseTarget): string {
  return `If a pooler such as PgBouncer refuses a startup parameter, put pgbouncer=true into DATABASE_URL; if it refuses options, remove them and run: alter role ${quote(user)} set default_transaction_isolation = 'read committed'`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
