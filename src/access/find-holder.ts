import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { KeyCache } from "#/access/key-cache.ts";
import type { Principal } from "#/access/principal.ts";
import { hashSecret } from "#/access/secret-text.ts";

export type KnownKeys = Readonly<{
  keys: KeyCache;
  /** Of the key of the environment. */
  bootstrapDigest: string | undefined;
}>;
export type Asking = Readonly<{ headers: IncomingHttpHeaders; ip: string; url: string }>;

/** The holder of the key that a request carries, if it is good. Throws when the database can't be asked. */
export async function findHolder(deps: KnownKeys, request: Asking): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  const known = findKnownPrincipal(deps, request);
  if (known !== undefined) return known;
  const sent = readKey(request.url, authorization);
  const found = sent && (await deps.keys.find(sent.digest));
  return found && { kind: "key", ...found, ...(sent?.isInAddress ? READ_ONLY : {}), address: request.ip };
}

/** The holder of a key that was good a moment ago, without waiting; `undefined` says nothing. */
export function findKnownPrincipal(
  { keys, bootstrapDigest }: KnownKeys,
  { headers, url, ip: address }: Pick<Asking, "headers" | "url"> & Readonly<{ ip?: string | undefined }>,
): Principal | undefined {
  const { authorization } = headers;
  const sent = authorization === undefined ? undefined : readKey(url, authorization);
  if (sent === undefined) return undefined;
  const { digest, isInAddress } = sent;
  if (!isInAddress && bootstrapDigest !== undefined && isSame(digest, bootstrapDigest))
    return { kind: "key", id: "bootstrap", label: "key:bootstrap", role: "admin", address, isBootstrap: true };
  const found = keys.known(digest);
  return found && { kind: "key", ...found, ...(isInAddress ? READ_ONLY : {}), address };
}

/** Names whoever asks, for counting. */
export function callerOf({ kind, id }: Pick<Principal, "kind" | "id">): string {
  return `${kind} ${id}`;
}

/** Who has sent a request and the jobs that came of it, for its line in the log; never the key. */
export function describeCaller({ principal }: Readonly<{ principal: Principal | undefined }>): object {
  if (principal === undefined) return {};
  const { kind, label: name, jobIds = [] } = principal;
  return { principal: { kind, name }, ...(jobIds.length === 0 ? {} : { jobIds }) };
}

type SentKey = Readonly<{ digest: string; isInAddress: boolean }>;

function readKey(url: string, authorization: string): SentKey | undefined {
  const key = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (key !== undefined) return { digest: hashSecret(key), isInAddress: false };
  const password = takesKeysInAddresses(url) ? readPassword(authorization) : undefined;
  return password === undefined ? undefined : { digest: hashSecret(password), isInAddress: true };
}

/**
 * Clients that know an address and nothing else send the key in it as a password (`https://gateway:KEY@host/v1/…`), which
 * arrives as Basic authentication. An address is kept in more places than a header, so such a key may only read, and only here.
 */
export function takesKeysInAddresses(url: string): boolean {
  return url.startsWith("/v1/") || /^\/metrics(?:$|\?)/.test(url);
}
const READ_ONLY = { role: "viewer" } as const;

function readPassword(authorization: string): string | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/_-]+=*)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return undefined;
  const [, password] = /^[^:]*:(\S+)$/.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  return password;
}

// Digests have one length, so the comparison tells nothing about the key, not even how long it is.
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
