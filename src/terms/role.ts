/** From the least to the most: each may do what those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** The role of that name; undefined when there is none, and whoever has it is nobody. */
export function findRole(name: string | null | undefined): Role | undefined {
  return ROLES.find((role) => role === name);
}

/** Whether a role may do what `needed` may. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
