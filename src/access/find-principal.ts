import { fromNodeHeaders } from "better-auth/node";
import type { Auth } from "#/access/auth.ts";
import { findHolder, type Asking, type KnownKeys } from "#/access/find-holder.ts";
import type { Principal } from "#/access/principal.ts";
import { findRole } from "#/terms/role.ts";

type Deps = KnownKeys & Readonly<{ auth: Auth }>;

/**
 * Who sends a request: the holder of a key (`Authorization: Bearer …`), or of a session's cookie. A request that carries a key
 * is judged by the key alone. Throws when the database can't be asked: an outage is not "signed out".
 */
export async function findPrincipal(deps: Deps, request: Asking): Promise<Principal | undefined> {
  const { headers, ip: address } = request;
  if (headers.authorization !== undefined) return findHolder(deps, request);
  if (headers.cookie === undefined) return undefined;
  const session = await deps.auth.findSession(fromNodeHeaders(headers));
  const role = findRole(session?.user.role);
  if (session === null || role === undefined) return undefined;
  const { user } = session;
  const sessionId = session.session.id;
  return { kind: "user", id: user.id, label: user.email, role, address, sessionId };
}
