import { spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import { userInfo } from "node:os";
import { AppError } from "#/platform/errors.ts";

/** As whom Postgres runs. It refuses root, so root has to become somebody else first. */
export type PostgresUser = Readonly<{
  wrap: (command: readonly string[]) => [string, ...string[]];
  spawnOptions: { uid?: number; gid?: number };
  /** Who must own the files, when that is not this process's own user. */
  owner?: number;
}>;

const NOBODY = 65_534;

/**
 * An ordinary user runs Postgres as itself. Root, which Postgres refuses, and a user without an account, as containers
 * have them, run it in a user namespace where they are called 1: no account, no change of owners, and any folder they can
 * enter works. Where namespaces are forbidden, root runs it as uid 65534.
 */
export function openPostgresUser(dataDir: string): PostgresUser {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && hasAccount()) return { wrap: asCommand, spawnOptions: {} };
  const namespace = ["unshare", "-U", "--map-user=1", "--map-group=1", "--"];
  const allowed = spawnSync("unshare", [...namespace.slice(1), "true"]).status === 0;
  if (allowed) return { wrap: (command) => asCommand([...namespace, ...command]), spawnOptions: {} };

  if (!isRoot || !isOpenToNobody(dataDir)) {
    const who = isRoot ? "as root" : "as a user without an account";
    throw new AppError(
      "UNAVAILABLE",
      `Postgres does not run ${who} here, and no other user can enter ${dataDir}. Start Ratebook as an ordinary user, set RATEBOOK_DATA_DIR to a folder that everyone can enter, or set DATABASE_URL`,
    );
  }
  return { wrap: asCommand, spawnOptions: { uid: NOBODY, gid: NOBODY }, owner: NOBODY };
}

function hasAccount(): boolean {
  if (process.platform === "win32") return true;
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

function isOpenToNobody(dataDir: string): boolean {
  chownSync(dataDir, NOBODY, NOBODY);
  return spawnSync("test", ["-w", dataDir], { uid: NOBODY, gid: NOBODY }).status === 0;
}

function asCommand(command: readonly string[]): [string, ...string[]] {
  const [program, ...args] = command;
  if (program === undefined) throw new TypeError("an empty command");
  return [program, ...args];
}
