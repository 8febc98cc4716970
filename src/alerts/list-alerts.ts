import { asc, isNull } from "drizzle-orm";
import { z } from "zod";
import { conditionEvent } from "#/alerts/alert-event.ts";
import { alerts } from "#/alerts/schema.ts";
import type { Db } from "#/platform/database.ts";

export const alertView = z.object({
  event: conditionEvent,
  /** The source it is about; null for a run that never got to one, and for what is about a model. */
  source: z.string().nullable(),
  /** The seller and the model that it is about. */
  model: z.string().nullable(),
  since: z.string(),
  jobId: z.string().nullable(),
  detail: z.string(),
});
export type AlertView = z.infer<typeof alertView>;

/** What is wrong now, the longest first. */
export async function listAlerts(db: Db): Promise<AlertView[]> {
  const rows = await db.select().from(alerts).where(isNull(alerts.endedAt)).orderBy(asc(alerts.openedAt));
  return rows.map(({ event, subject, openedAt, jobId, detail }) => ({
    event,
    source: subject === "" || event === "model.sunset" ? null : subject,
    model: event === "model.sunset" ? subject : null,
    since: openedAt.toISOString(),
    jobId,
    detail,
  }));
}
