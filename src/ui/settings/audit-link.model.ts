const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Where what a change names can be seen, and what it is called there; no address when it is on no page any more. */
export function auditLink({ action, target }: Readonly<{ action: string; target: string }>): {
  href: string | undefined;
  label: string;
} {
  if (UUID.test(target)) return { href: `/syncs/${target}`, label: `sync ${target.slice(0, 8)}` };
  return { href: findPage(action, target), label: target };
}

const PAGES: Readonly<Record<string, string>> = {
  "access.createKey": "/settings/keys",
  "access.revokeKey": "/settings/keys",
  "access.revokeSession": "/settings/account",
  "access.changePassword": "/settings/account",
  "alerts.redeliver": "/operations",
  "prices.setPin": "/prices/pins",
  "prices.clearPin": "/prices/pins",
  "prices.importPins": "/prices/pins",
};

const PAGE_OF_AREA: Readonly<Record<string, string>> = {
  schedules: "/schedules",
  access: "/settings/people",
  alerts: "/settings/webhooks",
  lock: "/operations",
  review: "/review",
};

function findPage(action: string, target: string): string | undefined {
  const area = action.split(".", 1)[0] ?? "";
  // The page of a source that was removed is not there.
  if (area === "sources") return action === "sources.remove" ? undefined : `/sources/${encodeURIComponent(target)}`;
  return PAGES[action] ?? PAGE_OF_AREA[area];
}
