import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { fromNodeHeaders } from "better-auth/node";
import type { Auth } from "#/access/auth.ts";
import { ROLES, type Principal, type Role } from "#/access/principal.ts";

type Deps = Readonly<{ auth: Auth; bootstrapKey: string | undefined }>;

/**
 * Who sends these headers: the holder of a key (`Authorization: Bearer …`), or of a session's cookie. A request that
 * carries a key is judged by the key alone. Throws when the database can't be asked: an outage is not "signed out".
 */
export async function findPrincipal(
  { auth, bootstrapKey }: Deps,
  headers: IncomingHttpHeaders,
): Promise<Principal | undefined> {
  if (headers.authorization !== undefined) {
    const key = /^Bearer (\S+)$/i.exec(headers.authorization)?.[1];
    if (key === undefined || bootstrapKey === undefined || !isSame(key, bootstrapKey)) return undefined;
    return { kind: "key", id: "bootstrap", label: "key:bootstrap", role: "admin" };
  }
  if (headers.cookie === undefined) return undefined;
  const session = await auth.api.getSession({ headers: fromNodeHeaders(headers) });
  if (session === null) return undefined;
  return { kind: "user", id: session.user.id, label: session.user.email, role: asRole(session.user.role) };
}

// Digests have one length, so the comparison tells nothing about the key, not even how long it is.
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function asRole(text: string | null | undefined): Role {
  return ROLES.find((role) => role === text) ?? "viewer";
}
