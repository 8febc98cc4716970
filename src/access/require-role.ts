import type { Principal } from "#/access/principal.ts";
import { AppError } from "#/platform/errors.ts";
import { findNeededRole } from "#/terms/role-table.ts";
import { hasRole } from "#/terms/role.ts";

/** Throws `FORBIDDEN` when the role table does not let this principal do the action. */
export function requireRole({ role }: Pick<Principal, "role">, action: string): void {
  const needed = findNeededRole(action);
  if (needed !== undefined && hasRole(role, needed)) return;
  throw new AppError("FORBIDDEN", `This needs the role "${needed ?? "nobody"}"; yours is "${role}"`);
}
