import { NEEDED_ROLE, type Action } from "#/terms/role-table.ts";
import { hasRole, type Role } from "#/terms/role.ts";

type Section = Readonly<{
  href: string;
  label: string;
  /** Who may do this may see the section. */
  action: Action;
}>;

/** The parts of the settings, in the order of their tabs. */
export const SECTIONS = [
  { href: "/settings/people", label: "People", action: "access.users" },
  { href: "/settings/keys", label: "Keys", action: "access.keys" },
  { href: "/settings/webhooks", label: "Webhooks", action: "alerts.endpoints" },
  { href: "/settings/retention", label: "Retention", action: "system.retention" },
  { href: "/settings/audit", label: "Audit", action: "access.audit" },
  { href: "/settings/account", label: "My account", action: "access.sessions" },
] as const satisfies readonly Section[];

/** The address of the first section that a role may see. */
export function firstSection(role: Role): string {
  const first = SECTIONS.find(({ action }) => hasRole(role, NEEDED_ROLE[action]));
  return first?.href ?? "/settings/account";
}
