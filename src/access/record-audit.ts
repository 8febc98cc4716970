import type { Principal } from "#/access/principal.ts";
import { auditLog } from "#/access/schema.ts";
import type { Tx } from "#/platform/database.ts";

type Change = Readonly<{ action: string; target: string; reason?: string; before?: unknown; after?: unknown }>;

/** Records a change in the transaction that makes it, so that neither is there without the other. */
export async function recordAudit(
  tx: Tx,
  actor: Principal,
  { action, target, reason, before, after }: Change,
): Promise<void> {
  await tx.insert(auditLog).values({
    actorKind: actor.kind,
    actorId: actor.id,
    actor: actor.label,
    action,
    target,
    reason: reason ?? null,
    before: before ?? null,
    after: after ?? null,
  });
}
