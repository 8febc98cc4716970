import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { fromNodeHeaders } from "better-auth/node";
import { findKey } from "#/access/api-keys.ts";
import type { Auth } from "#/access/auth.ts";
import type { Principal } from "#/access/principal.ts";
import { hashSecret } from "#/access/secret-text.ts";
import type { Db } from "#/platform/database.ts";
import { findRole } from "#/terms/role.ts";

type Deps = Readonly<{ db: Db; auth: Auth; bootstrapKey: string | undefined }>;

/**
 * Who sends these headers: the holder of a key (`Authorization: Bearer …`), or of a session's cookie. A request that
 * carries a key is judged by the key alone. Throws when the database can't be asked: an outage is not "signed out".
 */
export async function findPrincipal(
  { db, auth, bootstrapKey }: Deps,
  { headers, ip: address }: Readonly<{ headers: IncomingHttpHeaders; ip: string }>,
): Promise<Principal | undefined> {
  if (headers.authorization !== undefined) {
    const key = /^Bearer (\S+)$/i.exec(headers.authorization)?.[1];
    if (key === undefined) return undefined;
    if (bootstrapKey !== undefined && isSame(key, bootstrapKey))
      return { kind: "key", id: "bootstrap", label: "key:bootstrap", role: "admin", address, isBootstrap: true };
    const found = await findKey(db, key);
    return found && { kind: "key", ...found, address };
  }
  if (headers.cookie === undefined) return undefined;
  const session = await auth.findSession(fromNodeHeaders(headers));
  const role = findRole(session?.user.role);
  if (session === null || role === undefined) return undefined;
  const { user } = session;
  const sessionId = session.session.id;
  return { kind: "user", id: user.id, label: user.email, role, address, sessionId };
}

// Digests have one length, so the comparison tells nothing about the key, not even how long it is.
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)));
}
