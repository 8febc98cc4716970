import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { openPastPeers, type PastPeers } from "#/book/past-peers.ts";
import type { Db } from "#/platform/database.ts";
import { takeTurns } from "#/platform/take-turns.ts";
import { mergeGuardRules, type GuardRules } from "#/price/guard-rules.ts";
import { judgeOffers, type Candidate } from "#/price/judge-offers.ts";
import { modelIdentity } from "#/price/model-identity.ts";
import type { Ask, OfferKey } from "#/price/offer.ts";
import { HOLD_REASONS } from "#/terms/hold.ts";

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
  /** Prices that arrived after this instant were judged: in force at once, or held. */
  since: z.string(),
  /** There were too many to judge all of the days that were asked for; `since` is later then. */
  isCut: z.boolean(),
  arrivals: z.number(),
  /** Held with these thresholds, and held then. */
  wouldHold: z.number(),
  didHold: z.number(),
  byReason: z.record(z.string(), z.number()),
  lines: z.array(trialLine),
});
export type GuardTrial = z.infer<typeof guardTrial>;

export const MOST_TRIAL_DAYS = 365;
/** What one trial looks at: so many arrivals, and so many moves of other sources, the newest. */
const MOST = { arrivals: 20_000, moves: 100_000 };
const LINES_SHOWN = 500;
const JUDGED_AT_ONCE = 100;

type Input = Readonly<{
  source: string;
  guard: Readonly<Record<string, unknown>>;
  days: number;
  most?: Readonly<{ arrivals: number; moves: number }>;
  /** Awaited between the pieces of the work. */
  turn?: () => Promise<void>;
}>;
type Arrival = OfferKey & Ask & Readonly<{ observedAt: string; previous: Ask | null; wasHeld: boolean }>;

/**
 * What other thresholds would have held of the prices that came from a source in the last days. The past is played again
 * from the history: each arrival is judged with what the other sources had in force at its moment. Writes nothing. It looks
 * at a bounded part of the history, and lets the rest of the process go first again and again.
 */
export async function tryGuard(
  db: Db,
  { source, guard, days, most = MOST, turn = takeTurns() }: Input,
): Promise<GuardTrial> {
  const rules = mergeGuardRules(guard);
  const { since, isCut } = await findStart(db, source, days, most);
  const arrivals = await listArrivals(db, source, since);
  const byModel = new Map<Arrival, string>();
  for (const arrival of arrivals) {
    byModel.set(arrival, modelIdentity(arrival.model).base);
    await turn();
  }
  const peers = await openPastPeers(db, { source, since, models: new Set(byModel.values()), turn });
  const trial = { wouldHold: 0, byReason: {}, lines: [] };
  for (const [observedAt, payload] of Map.groupBy(arrivals, (arrival) => arrival.observedAt)) {
    await peers.moveTo(observedAt);
    for (const part of splitByModel(payload, byModel)) {
      judgePart(trial, part, peers, rules);
      await turn();
    }
  }
  const didHold = arrivals.filter(({ wasHeld }) => wasHeld).length;
  return { since, isCut, arrivals: arrivals.length, didHold, ...trial };
}

type Part = Readonly<{ arrivals: readonly Arrival[]; models: readonly string[] }>;

/** A payload in parts of about a hundred offers. The offers of one model stay together: nothing else is compared. */
function splitByModel(payload: readonly Arrival[], byModel: ReadonlyMap<Arrival, string>): Part[] {
  const parts: { arrivals: Arrival[]; models: string[] }[] = [];
  for (const [model, group] of Map.groupBy(payload, (arrival) => byModel.get(arrival) ?? "")) {
    const last = parts.at(-1);
    if (last === undefined || last.arrivals.length >= JUDGED_AT_ONCE) parts.push({ arrivals: group, models: [model] });
    else {
      last.arrivals.push(...group);
      last.models.push(model);
    }
  }
  return parts;
}

function judgePart(
  trial: { wouldHold: number; byReason: Record<string, number>; lines: GuardTrial["lines"] },
  { arrivals, models }: Part,
  peers: PastPeers,
  rules: GuardRules,
): void {
  const verdicts = judgeOffers({
    candidates: arrivals.map(asCandidate),
    peers: peers.of(models),
    ownOffers: arrivals,
    rules,
    isVanishing: false,
  });
  for (const [index, verdict] of verdicts.entries()) {
    const arrival = arrivals[index];
    if (verdict.outcome !== "hold" || arrival === undefined) continue;
    const { seller, model, variant, observedAt, wasHeld } = arrival;
    const [main = ""] = verdict.reasons;
    trial.wouldHold += 1;
    trial.byReason[main] = (trial.byReason[main] ?? 0) + 1;
    if (trial.lines.length >= LINES_SHOWN) continue;
    const words = verdict.findings.map((finding) => finding.words);
    trial.lines.push({ seller, model, variant, observedAt, reasons: [...verdict.reasons], words, wasHeld });
  }
}

function asCandidate({ previous, ...arrival }: Arrival): Candidate {
  return { ...arrival, ...(previous === null ? {} : { previous }) };
}

// A held price that was approved later stands in the holds; its row in the history is the decision, not the arrival.
const arrivalsOf = (source: string): SQL => sql`
  select seller, model, variant, state, charges, observed_at, previous_state, previous_charges, false as was_held
  from model_pricing_history where source = ${source} and cause = 'sync' and not announced
  union all
  select seller, model, variant, new_state, new_charges, observed_at, old_state, old_charges, true
  from price_holds where source = ${source} and reasons <> array['REVERTED']`;

/** The start of the days, or the first instant after which there is no more than can be looked at. */
async function findStart(db: Db, source: string, days: number, most: { arrivals: number; moves: number }) {
  const [row] = await db.execute<{ since: string; isCut: boolean }>(sql`
    with start as (
      select clock_timestamp() - ${days} * interval '1 day' as asked,
        (select observed_at from (${arrivalsOf(source)}) a order by observed_at desc offset ${most.arrivals} limit 1) as arrival,
        (select observed_at from model_pricing_history where source <> ${source} and not announced order by observed_at desc offset ${most.moves} limit 1) as move)
    select to_json(greatest(asked, arrival, move)) #>> '{}' as since, greatest(asked, arrival, move) > asked as "isCut"
    from start`);
  if (row === undefined) throw new Error("a query for one row has answered none");
  return row;
}

async function listArrivals(db: Db, source: string, since: string): Promise<Arrival[]> {
  const rows = await db.execute<Arrival>(sql`
    select seller, model, variant, state, charges, to_json(observed_at) #>> '{}' as "observedAt",
      case when previous_state is not null then jsonb_build_object('state', previous_state, 'charges', previous_charges) end
        as previous, was_held as "wasHeld"
    from (${arrivalsOf(source)}) a where observed_at > ${since}::timestamptz order by observed_at`);
  return [...rows];
}
