import { randomUUID } from "node:crypto";
import { applyPlan } from "#/book/apply-plan.ts";
import { planSheet } from "#/book/plan-sheet.ts";
import { readSellers } from "#/book/read-sellers.ts";
import { nowText } from "#/platform/database-clock.ts";
import type { Tx } from "#/platform/database.ts";
import { GUARD_DEFAULTS } from "#/price/guard-rules.ts";
import { placeOffers } from "#/price/sellers.ts";
import type { SourceKind } from "#/sources/adapter.ts";
import { adapterFor } from "#/sources/kinds.ts";
import { parsePayload } from "#/sources/parse-payload.ts";
import { packPayload, storePayload } from "#/sources/store-payload.ts";

/** Takes a payload into the book through the guard, as a sync does. Throws when it can't be read. */
export async function importPayload(
  tx: Tx,
  { source, kind, text }: Readonly<{ source: string; kind: SourceKind; text: string }>,
): Promise<Readonly<{ digest: string; observedAt: string }>> {
  const parsed = parsePayload(adapterFor(kind), text, { observedAt: new Date().toISOString(), options: {} });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const payload = await packPayload(text);
  await storePayload(tx, payload);
  const observedAt = await nowText(tx);
  const offers = placeOffers(parsed.sheet.offers, await readSellers(tx));
  const plan = await planSheet(tx, { source, offers, observedAt, rules: GUARD_DEFAULTS });
  const origin = { source, jobId: randomUUID(), payloadDigest: payload.digest, fence: 1n, observedAt };
  await applyPlan(tx, plan, { ...origin, cause: "sync" });
  return { digest: payload.digest, observedAt };
}
