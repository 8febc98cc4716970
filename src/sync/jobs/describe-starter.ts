import { sql, type SQL } from "drizzle-orm";

/** What makes a run start; a run that tries another one again is a `retry`, whoever asked for it. */
export const RUN_TRIGGERS = ["person", "key", "schedule", "retry", "system"] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

type Starter = Readonly<{ trigger: RunTrigger; startedBy: string }>;

/** Who started a run, read from the label that each kind of actor writes, see `Principal`. */
export function describeStarter({
  triggeredBy,
  retryOf,
}: Readonly<{ triggeredBy: string; retryOf: string | null }>): Starter {
  const starter = readStarter(triggeredBy);
  return retryOf === null ? starter : { ...starter, trigger: "retry" };
}

function readStarter(label: string): Starter {
  if (label.startsWith("key:")) return { trigger: "key", startedBy: `API key ${label.slice("key:".length)}` };
  if (label.startsWith("schedule "))
    return { trigger: "schedule", startedBy: `Schedule ${label.slice("schedule ".length)}` };
  if (label === "calendar") return { trigger: "system", startedBy: "Calendar of announced prices" };
  return { trigger: "person", startedBy: label };
}

/** The same name in SQL, so that a search finds what a page shows. */
export function nameOfStarter(label: SQL): SQL {
  return sql`case when ${label} like 'key:%' then 'API key ' || substr(${label}, 5)
    when ${label} like 'schedule %' then 'Schedule ' || substr(${label}, 10)
    when ${label} = 'calendar' then 'Calendar of announced prices' else ${label} end`;
}
