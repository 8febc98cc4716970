/** The pages that one goes to by name; `words` are other names for them. */
export const PAGES = [
  { href: "/", label: "Overview", words: "home start dashboard" },
  { href: "/syncs", label: "Syncs", words: "runs jobs" },
  { href: "/review", label: "Review", words: "holds held approve reject" },
  { href: "/prices", label: "Prices", words: "models rates" },
  { href: "/prices/pins", label: "Pins", words: "own prices overrides" },
  { href: "/prices/conflicts", label: "Conflicts", words: "disagree sources differ" },
  { href: "/changes", label: "Changes", words: "history cost impact usage" },
  { href: "/sources", label: "Sources", words: "catalogues feeds rank guard" },
  { href: "/schedules", label: "Schedules", words: "cron times" },
  { href: "/gateways", label: "Gateways", words: "litellm bifrost opencode export clients" },
  { href: "/operations", label: "Operations", words: "lock workers queue dead letters deliveries" },
  { href: "/settings", label: "Settings", words: "people keys webhooks audit account password" },
] as const;
