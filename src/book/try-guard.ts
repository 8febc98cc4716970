import { sql } from "drizzle-orm";
import { z } from "zod";
import { bookAt } from "#/book/book-at.ts";
import type { Db } from "#/platform/database.ts";
import { mergeGuardRules } from "#/price/guard-rules.ts";
import { judgeOffers, type Candidate } from "#/price/judge-offers.ts";
import { offerKeyText, type Ask, type OfferKey } from "#/price/offer.ts";
import type { PeerOffer } from "#/price/peer-index.ts";
import { HOLD_REASONS, type HoldReason } from "#/terms/hold.ts";

const trialLine = z.object({
  seller: z.string(),
  model: z.string(),
  variant: z.string(),
  observedAt: z.string(),
  reasons: z.array(z.enum(HOLD_REASONS)),
  words: z.array(z.string()),
  /** What really happened to it then. */
  wasHeld: z.boolean(),
});

export const guardTrial = z.object({
  /** Prices that arrived: in force at once, or held. */
  arrivals: z.number(),
  /** Held with these thresholds, and held then. */
  wouldHold: z.number(),
  didHold: z.number(),
  byReason: z.record(z.string(), z.number()),
  lines: z.array(trialLine),
});
export type GuardTrial = z.infer<typeof guardTrial>;

type Input = Readonly<{ source: string; guard: Readonly<Record<string, unknown>>; days: number }>;
type Row = OfferKey & Ask & Readonly<{ source: string; observedAt: string }>;
type Arrival = Row & Readonly<{ previous: Ask | null; wasHeld: boolean }>;

const LINES_SHOWN = 500;

/**
 * What other thresholds would have held of the prices that came from a source in the last days. The past is played again
 * from the history: each arrival is judged with what the other sources had in force at its moment. Writes nothing.
 */
export async function tryGuard(db: Db, { source, guard, days }: Input): Promise<GuardTrial> {
  const rules = mergeGuardRules(guard);
  const since = new Date(Date.now() - days * 86_400_000).toISOString();
  const peers = new Map((await listBookBefore(db, source, since)).map((row) => [peerKey(row), row]));
  const moves = await listPeerMoves(db, source, since);
  const arrivals = await listArrivals(db, source, since);
  const lines: GuardTrial["lines"] = [];
  let next = 0;
  for (const [observedAt, batch] of Map.groupBy(arrivals, (arrival) => arrival.observedAt)) {
    for (let move = moves[next]; move !== undefined && move.observedAt <= observedAt; move = moves[++next])
      peers.set(peerKey(move), move);
    const verdicts = judgeOffers({
      candidates: batch.map(asCandidate),
      peers: [...peers.values()],
      ownOffers: batch,
      rules,
      isVanishing: false,
    });
    for (const [index, verdict] of verdicts.entries()) {
      const arrival = batch[index];
      if (verdict.outcome !== "hold" || arrival === undefined) continue;
      const { seller, model, variant, wasHeld } = arrival;
      const words = verdict.findings.map((finding) => finding.words);
      lines.push({ seller, model, variant, observedAt, reasons: [...verdict.reasons], words, wasHeld });
    }
  }
  return {
    arrivals: arrivals.length,
    wouldHold: lines.length,
    didHold: arrivals.filter(({ wasHeld }) => wasHeld).length,
    byReason: countReasons(lines.flatMap(({ reasons }) => reasons.slice(0, 1))),
    lines: lines.slice(0, LINES_SHOWN),
  };
}

function asCandidate({ previous, ...arrival }: Arrival): Candidate {
  return { ...arrival, ...(previous === null ? {} : { previous }) };
}

function peerKey(row: Row): string {
  return `${row.source}\u0000${offerKeyText(row)}`;
}

function countReasons(reasons: readonly HoldReason[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

async function listBookBefore(db: Db, source: string, since: string): Promise<(PeerOffer & Row)[]> {
  const rows = await db.execute<PeerOffer & Row>(sql`
    select source, seller, model, variant, state, charges, to_json(observed_at) #>> '{}' as "observedAt"
    from (${bookAt({ at: since, knownAt: since }, [sql`h.source <> ${source}`])}) b`);
  return [...rows];
}

async function listPeerMoves(db: Db, source: string, since: string): Promise<(PeerOffer & Row)[]> {
  const rows = await db.execute<PeerOffer & Row>(sql`
    select source, seller, model, variant, state, charges, to_json(observed_at) #>> '{}' as "observedAt"
    from model_pricing_history
    where source <> ${source} and observed_at >= ${since}::timestamptz and cause not in ('pin', 'unpin') and not announced
    order by observed_at, id`);
  return [...rows];
}

// A held price that was approved later stands in the holds; its row in the history is the decision, not the arrival.
async function listArrivals(db: Db, source: string, since: string): Promise<Arrival[]> {
  const rows = await db.execute<Arrival>(sql`
    select source, seller, model, variant, state, charges, to_json(observed_at) #>> '{}' as "observedAt",
      case when previous_state is not null then jsonb_build_object('state', previous_state, 'charges', previous_charges) end
        as previous, false as "wasHeld"
    from model_pricing_history
    where source = ${source} and observed_at >= ${since}::timestamptz and cause = 'sync' and not announced
    union all
    select source, seller, model, variant, new_state, new_charges, to_json(observed_at) #>> '{}',
      case when old_state is not null then jsonb_build_object('state', old_state, 'charges', old_charges) end, true
    from price_holds where source = ${source} and observed_at >= ${since}::timestamptz and reasons <> array['REVERTED']
    order by "observedAt"`);
  return [...rows];
}
