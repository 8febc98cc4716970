import { eq } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import { recordAudit } from "#/access/record-audit.ts";
import type { Db } from "#/platform/database.ts";
import { AppError } from "#/platform/errors.ts";
import { findSource, type SourceView } from "#/sources/list-sources.ts";
import { readSettings } from "#/sources/read-settings.ts";
import { sources } from "#/sources/schema.ts";
import { refuseWhileRead } from "#/sync/jobs/refuse-while-read.ts";

type Input = Readonly<{
  name: string;
  url?: string | undefined;
  /** Null: it needs no key any more. */
  apiKeyEnv?: string | null | undefined;
  /** They replace those set before. */
  options?: Readonly<Record<string, unknown>> | undefined;
  reason: string;
}>;

/**
 * Changes where and how a source is read; what is not given stays. Its next payload is read anew, whatever was applied before.
 * Throws `NOT_FOUND`, `BUSY` while a run reads it, and as `readSettings` does.
 */
export async function updateSource(db: Db, actor: Principal, { name, reason, ...given }: Input): Promise<SourceView> {
  return db.transaction(async (tx) => {
    await refuseWhileRead(tx, name);
    const before = await findSource(tx, name);
    if (before === undefined) throw new AppError("NOT_FOUND", `There is no source called "${name}"`);
    const { kind } = before;
    const { url, apiKeyEnv, options } = readSettings({
      kind,
      url: given.url ?? before.url,
      apiKeyEnv: given.apiKeyEnv === undefined ? before.apiKeyEnv : given.apiKeyEnv,
      options: given.options ?? before.options,
    });
    const after = { url, apiKeyEnv, options };
    // An answer of 304 and a known digest mean what the other address has said.
    const anew = { etag: null, appliedParserVersion: null, retryAfter: null };
    await tx
      .update(sources)
      .set({ ...after, ...anew })
      .where(eq(sources.name, name));
    await recordAudit(tx, actor, {
      action: "sources.update",
      target: name,
      reason,
      before: { url: before.url, apiKeyEnv: before.apiKeyEnv, options: before.options },
      after,
    });
    return { ...before, ...after, retryAfter: null };
  });
}
