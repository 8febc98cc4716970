/** Who is acting. Everything that writes takes one. */
export type Principal = Readonly<{
  kind: "user" | "key" | "system";
  id: string;
  /** What people read in `triggered_by` and in the audit log: an e-mail address, or `key:NAME`. */
  label: string;
  role: Role;
  /** Where the request came from. */
  address?: string | undefined;
  /** The session of a person. */
  sessionId?: string | undefined;
}>;

export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether a role may do what `needed` may. */
export function hasRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
