import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import { AppError } from "#/platform/errors.ts";

const SSL_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** What a database URL says, in full: both drivers are given these values and read no URL of their own. */
export type DatabaseTarget = Readonly<{
  /** A host name, an IP address, or the folder of a Unix socket. */
  host: string;
  port: number;
  user: string;
  /** Absent: the drivers ask PGPASSWORD. */
  password: string | undefined;
  database: string;
  sslMode: SslMode;
  /** PEM texts of the certificates to trust, and of our own certificate with its key. */
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  /** The first word of the name that our connections have in `pg_stat_activity`. */
  applicationName: string;
  /** Settings for the server's session, such as `-c work_mem=8MB`. */
  options: string | undefined;
  /** `pgbouncer=true`, as other drivers' URLs say it: the next transaction may be another session's, so none is left a statement. */
  isPooledByTransaction: boolean;
  /** Parameters of the URL that have no effect here. */
  ignored: readonly string[];
}>;

const READ = new Set(
  "host port user password dbname sslmode ssl sslrootcert sslcert sslkey channel_binding application_name options pgbouncer".split(
    " ",
  ),
);
/** They ask for more safety than we can give, so leaving them out without a word would be wrong. */
const REFUSED = new Set(
  "sslcrl sslcrldir ssl_min_protocol_version ssl_max_protocol_version require_auth requirepeer service".split(" "),
);
/** Names that other drivers have for libpq's modes. */
const OTHER_SSL_MODES: Readonly<Record<string, SslMode>> = { allow: "prefer", "no-verify": "require" };

/**
 * Reads a URL as libpq does, so that one which works with `psql` works here. Certificates are read from their files.
 * Throws `INVALID` in words that never contain the password.
 */
export function readDatabaseUrl(url: string): DatabaseTarget {
  const parts = /^postgres(?:ql)?:\/\/(?:([^/?]*)@)?([^/?@]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(url);
  if (parts === null) throw wrong("has to look like postgres://user:password@host:5432/database");
  const [, login = "", place = "", path = "", query = ""] = parts;
  const parameters = readParameters(query);
  const [, user = "", password] = /^([^:]*)(?::(.*))?$/s.exec(login) ?? [];
  const { host, port } = readPlace(place);
  const asUser = parameters.get("user") || decode(user) || userInfo().username;
  const givenPassword = parameters.get("password") ?? (password === undefined ? undefined : decode(password));
  return {
    host: parameters.get("host") || host || "localhost",
    port: readPort(parameters.get("port") || port || "5432"),
    user: asUser,
    password: givenPassword === "" ? undefined : givenPassword,
    database: parameters.get("dbname") || decode(path) || asUser,
    sslMode: readSslMode(parameters),
    ca: readCa(parameters.get("sslrootcert")),
    cert: readPem("sslcert", parameters.get("sslcert")),
    key: readPem("sslkey", parameters.get("sslkey")),
    applicationName: parameters.get("application_name") || "ratebook",
    options: parameters.get("options") || undefined,
    isPooledByTransaction: parameters.get("pgbouncer") === "true",
    ignored: [...parameters.keys()].filter((name) => !READ.has(name)),
  };
}

/** The same URL with one more setting for every session. */
export function withSessionSetting(url: string, name: string, value: string): string {
  const { options } = readDatabaseUrl(url);
  const setting = `-c ${name}=${value.replaceAll(/[\\ ]/g, String.raw`\$&`)}`;
  const all = encodeURIComponent(options === undefined ? setting : `${options} ${setting}`);
  return `${url}${url.includes("?") ? "&" : "?"}options=${all}`;
}

/** What is tried, in words: everything but the password. */
export function describeTarget({ host, port, user, database }: DatabaseTarget): string {
  const at = isSocketFolder(host) ? `${host}/.s.PGSQL.${port}` : `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return `Postgres at ${at} (database "${database}", user "${user}")`;
}

/** Whether a host is the folder of a Unix socket. */
export function isSocketFolder(host: string): boolean {
  return host.startsWith("/");
}

function wrong(words: string, cause?: unknown): AppError {
  return new AppError("INVALID", `DATABASE_URL ${words}`, { cause });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw wrong("has a % that is not followed by two hexadecimal digits. Write a % itself as %25", cause);
  }
}

/** A later value of a name wins. */
function readParameters(query: string): Map<string, string> {
  const pairs = query.split("&").filter((pair) => pair !== "");
  const parameters = new Map(
    pairs.map((pair) => {
      const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
      return [decode(name), decode(value)];
    }),
  );
  const refused = [...parameters.keys()].filter((name) => REFUSED.has(name));
  if (refused.length > 0) throw wrong(`asks for ${refused.join(", ")}, which Ratebook does not support. Remove it`);
  return parameters;
}

function readPlace(place: string): { host: string; port: string } {
  if (place.includes(",")) throw wrong("names several hosts. Name the one that accepts writes");
  const parts = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(place);
  if (parts === null) {
    throw wrong("has a host that can't be read. Write an IPv6 address in brackets, as in [::1]:5432");
  }
  const [, address, name = "", port = ""] = parts;
  return { host: decode(address ?? name), port };
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  // The text is not repeated: after an unencoded "/" it is a part of the password.
  throw wrong(
    "has a port that is not a number from 1 to 65535. A password with / ? # or @ in it has to be percent-encoded: %2F %3F %23 %40",
  );
}

function readSslMode(parameters: ReadonlyMap<string, string>): SslMode {
  const binding = parameters.get("channel_binding");
  const mode = readWrittenMode(parameters);
  if (binding !== "require" || mode !== "prefer") return mode;
  // Channel binding exists only within TLS.
  return "require";
}

function readWrittenMode(parameters: ReadonlyMap<string, string>): SslMode {
  const written = parameters.get("sslmode");
  if (written === undefined) {
    // As libpq does, for URLs that were written for JDBC.
    const ssl = parameters.get("ssl");
    if (ssl === undefined) return parameters.get("sslrootcert") === "system" ? "verify-full" : "prefer";
    return ssl === "false" || ssl === "0" ? "disable" : "require";
  }
  const known = SSL_MODES.find((mode) => mode === written) ?? OTHER_SSL_MODES[written];
  if (known === undefined) throw wrong(`has sslmode=${written}, which is none of ${SSL_MODES.join(", ")}`);
  // As libpq does: who names a certificate to trust wants it to be checked.
  return known === "require" && parameters.has("sslrootcert") ? "verify-ca" : known;
}

/** Absent or `system`: the certificates that Node trusts. */
function readCa(file: string | undefined): string | undefined {
  return file === "system" ? undefined : readPem("sslrootcert", file);
}

function readPem(name: string, file: string | undefined): string | undefined {
  if (file === undefined || file === "") return undefined;
  const path = resolve(file);
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw wrong(`has ${name}=${file}, and ${path} can't be read: ${String(cause).replace(/^Error: /, "")}`, cause);
  }
}
