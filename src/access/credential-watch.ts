import type { Logger } from "pino";
import { listGoodKeys } from "#/access/api-keys.ts";
import type { Principal } from "#/access/principal.ts";
import { requireRole } from "#/access/require-role.ts";
import { listGoodSessions } from "#/access/sessions.ts";
import { startChores } from "#/platform/chores.ts";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import type { Role } from "#/terms/role.ts";

export type CredentialWatch = Readonly<{
  /**
   * `ended` aborts, with an error for the caller, soon after the principal's session or key has ended, or its role lets it
   * do the action no more. Release it when it is not needed any more.
   */
  watch: (principal: Principal, action: string) => Readonly<{ ended: AbortSignal; release: () => void }>;
  stop: () => Promise<void>;
}>;

type Watched = Readonly<{ principal: Principal; action: string; end: AbortController }>;

/** With the second that a chore may be late, and the time of a statement, well within 5 s. */
const EVERY_MS = 2_000;

/**
 * Looks every few seconds whether the credentials of what lasts longer than a request, such as a stream, are still good: by
 * one statement for all sessions of the process and one for all keys. While the database can't be asked, nothing ends.
 */
export function openCredentialWatch(deps: { db: Db; clock: Clock; log: Logger }): CredentialWatch {
  const watched = new Set<Watched>();
  const chores = startChores(deps, [{ name: "credentials of streams", everyMs: EVERY_MS, run: look }]);
  return {
    watch(principal, action) {
      const one = { principal, action, end: new AbortController() };
      watched.add(one);
      return { ended: one.end.signal, release: () => void watched.delete(one) };
    },
    stop: chores.stop,
  };

  async function look(): Promise<void> {
    // Those that come while it asks are for the next time.
    const asked = [...watched];
    const roles = await findRoles(
      deps.db,
      asked.map(({ principal }) => principal),
    );
    for (const { principal, action, end } of asked) {
      const refusal = refuse(roles(principal), action);
      if (refusal !== undefined) end.abort(refusal);
    }
  }
}

function refuse(role: Role | undefined, action: string): AppError | undefined {
  if (role === undefined) return new AppError("UNAUTHENTICATED", "The session or key has ended. Sign in again");
  try {
    requireRole({ role }, action);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Tells the role that a principal has now; undefined when its credentials are good no more. */
async function findRoles(
  db: Db,
  principals: readonly Principal[],
): Promise<(principal: Principal) => Role | undefined> {
  const sessionIds = principals.flatMap(({ sessionId }) => sessionId ?? []);
  const keyIds = principals.filter(isStoredKey).map(({ id }) => id);
  const sessions = sessionIds.length === 0 ? undefined : await listGoodSessions(db, sessionIds);
  const keys = keyIds.length === 0 ? undefined : await listGoodKeys(db, keyIds);
  return (principal) => {
    if (principal.sessionId !== undefined) return sessions?.get(principal.sessionId);
    return isStoredKey(principal) ? keys?.get(principal.id) : principal.role;
  };
}

/** The environment's own key is good for as long as the process lives. */
function isStoredKey({ kind, isBootstrap }: Principal): boolean {
  return kind === "key" && isBootstrap !== true;
}
