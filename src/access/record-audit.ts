import { sql, type SQL } from "drizzle-orm";
import type { Principal } from "#/access/principal.ts";
import type { Tx } from "#/platform/database.ts";

export type Change = Readonly<{ action: string; target: string; reason?: string; before?: unknown; after?: unknown }>;

/** Records a change in the transaction that makes it, so that neither is there without the other. */
export async function recordAudit(tx: Tx, actor: Principal, change: Change): Promise<void> {
  await recordAudits(tx, actor, [change]);
}

/** The same for many changes, in one statement. */
export async function recordAudits(tx: Tx, actor: Principal, changes: readonly Change[]): Promise<void> {
  await tx.execute(auditRows(actor, changes));
}

/** The same as a part of a statement that makes the changes. */
export function auditRows(actor: Principal, changes: readonly Change[]): SQL {
  return sql`
    insert into audit_log (actor_kind, actor_id, actor, address, action, target, reason, before, after)
    select ${actor.kind}, ${actor.id}, ${actor.label}, ${actor.address ?? null}, action, target, reason, before, after
    from jsonb_to_recordset(${JSON.stringify(changes)}::text::jsonb)
      as change(action text, target text, reason text, before jsonb, after jsonb)`;
}
