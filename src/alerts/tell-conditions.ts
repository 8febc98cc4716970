import { sql } from "drizzle-orm";
import { z } from "zod";
import type { AlertDeps } from "#/alerts/alert-deps.ts";
import { SAMPLES } from "#/alerts/describe-prices.ts";
import { conditionEvent, CONDITIONS, type AlertEvent, type Condition } from "#/alerts/alert-event.ts";
import { createDeliveries, type Message } from "#/alerts/create-deliveries.ts";
import type { Tx } from "#/platform/database.ts";
import { SUNSET_SOON_DAYS } from "#/terms/facts.ts";

const condition = z.object({
  endpointId: z.string(),
  event: conditionEvent,
  subject: z.string(),
  detail: z.string(),
  jobId: z.string().nullable(),
  openedAt: z.string(),
  endedAt: z.string().nullable(),
});
type Told = z.infer<typeof condition>;

const COLUMNS = sql`event, subject, detail, job_id as "jobId", to_json(opened_at) #>> '{}' as "openedAt",
  to_json(ended_at) #>> '{}' as "endedAt"`;

/**
 * Tells every endpoint what it does not know yet: conditions that have lasted for its hold time, and told ones that have
 * been over for as long. What comes and goes within the hold time is told to nobody. One message for all that came at once.
 */
export async function tellConditions(tx: Tx, deps: Pick<AlertDeps, "deliveries" | "publicUrl">): Promise<void> {
  const raised = await tx.execute(sql`
    with due as (
      select e.id as endpoint_id, a.* from alerts a join webhook_endpoints e on a.event = any(e.events)
      where e.disabled_at is null and a.ended_at is null
        and a.opened_at <= clock_timestamp() - e.hold_seconds * interval '1 second'
        and not exists (select from webhook_told t where t.endpoint_id = e.id and t.event = a.event and t.subject = a.subject)),
    told as (insert into webhook_told (endpoint_id, event, subject) select endpoint_id, event, subject from due)
    select endpoint_id as "endpointId", ${COLUMNS} from due order by subject`);
  for (const group of groupMessages(z.array(condition).parse([...raised]), ({ event }) => event)) {
    await createDeliveries(tx, deps, [group.endpointId], describeRaised(group.event as Condition, group.told));
  }
  // A source that was disabled is not well again; nothing is said of it any more.
  const over = await tx.execute(sql`
    with over as (
      delete from webhook_told t using webhook_endpoints e, alerts a
      where e.id = t.endpoint_id and a.event = t.event and a.subject = t.subject
        and a.ended_at <= clock_timestamp() - e.hold_seconds * interval '1 second'
      returning e.id as endpoint_id, e.events, e.disabled_at, a.*)
    select endpoint_id as "endpointId", ${COLUMNS} from over
    where event <> 'model.sunset' and disabled_at is null and (subject = '' or exists (select from sources where name = subject and enabled))
      and case event when 'source.stale' then 'source.recovered' else 'sync.recovered' end = any(events) order by subject`);
  for (const group of groupMessages(z.array(condition).parse([...over]), ({ event }) => CONDITIONS[event])) {
    await createDeliveries(tx, deps, [group.endpointId], describeOver(group.event, group.told));
  }
  await tx.execute(sql`
    delete from alerts a where ended_at < clock_timestamp() - interval '1 day' and not exists (
      select from webhook_told t where t.event = a.event and t.subject = a.subject)`);
}

type Group = Readonly<{ endpointId: string; event: AlertEvent; told: Told[] }>;

/** Rows without an event are told to nobody. */
function groupMessages(rows: readonly Told[], eventOf: (row: Told) => AlertEvent | null): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const event = eventOf(row);
    if (event === null) continue;
    const key = `${row.endpointId} ${event}`;
    const group = groups.get(key) ?? { endpointId: row.endpointId, event, told: [] };
    group.told.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const RAISED_WORDS: Record<Exclude<Condition, "model.sunset">, string> = {
  "sync.failed": "Sync failed",
  "sync.partial": "Sync partial, without",
  "source.stale": "Stale",
};

function describeRaised(event: Condition, told: readonly Told[]): Message {
  if (event === "model.sunset") return describeSunsets(told);
  const names = nameSubjects(told);
  const jobId = told[0]?.jobId ?? null;
  return {
    event,
    summary: names === "" ? RAISED_WORDS[event] : `${RAISED_WORDS[event]}: ${names}`,
    details: told.map(({ subject, detail }) => (subject === "" ? detail : `${subject}: ${detail}`)),
    path: event === "source.stale" || jobId === null ? "/sources" : `/syncs/${jobId}`,
    data: {
      job_id: jobId,
      sources: told.map(({ subject, detail, openedAt }) => ({
        source: subject || null,
        since: openedAt,
        error: detail,
      })),
    },
  };
}

function describeSunsets(told: readonly Told[]): Message {
  const shown = told.slice(0, SAMPLES);
  return {
    event: "model.sunset",
    summary: `${told.length === 1 ? "1 model stops" : `${told.length} models stop`} being answered within ${SUNSET_SOON_DAYS} days`,
    details: shown.map(({ subject, detail }) => `${subject}: ${detail}`),
    path: "/prices?mark=sunset",
    data: {
      models: shown.map(({ subject, detail, openedAt }) => ({ model: subject, since: openedAt, sunset: detail })),
      omitted: told.length - shown.length,
    },
  };
}

function describeOver(event: AlertEvent, told: readonly Told[]): Message {
  const unique = [...new Map(told.map((row) => [row.subject, row])).values()];
  const names = nameSubjects(unique);
  return {
    event,
    summary: names === "" ? "Syncs work again" : `Read again: ${names}`,
    path: "/sources",
    data: {
      sources: told.map((row) => ({
        source: row.subject || null,
        event: row.event,
        since: row.openedAt,
        until: row.endedAt,
      })),
    },
  };
}

function nameSubjects(told: readonly Told[]): string {
  return told
    .map(({ subject }) => subject)
    .filter((subject) => subject !== "")
    .join(", ");
}
