import { sql, type SQL } from "drizzle-orm";
import type { Logger } from "pino";
import type { Clock } from "#/platform/clock.ts";
import type { Db } from "#/platform/database.ts";

/** Done every so often, or whenever a condition holds, about which the database is asked every second. */
export type Chore = Readonly<{ name: string; run: () => Promise<unknown> }> &
  (Readonly<{ everyMs: number }> | Readonly<{ due: SQL<boolean> }>);
export type Chores = Readonly<{ stop: () => Promise<void> }>;

type Deps = Readonly<{ db: Db; clock: Clock; log: Logger }>;

const TICK_MS = 1_000;

/**
 * Does every chore when its time has come, until stopped; `stop` waits for those in hand. One statement a second asks for all
 * of them what is due, as that is all that an idle process does. None waits for another one, none is done twice at a time,
 * and one that fails is tried again in its time.
 */
export function startChores({ db, clock, log }: Deps, chores: readonly Chore[]): Chores {
  const stopped = new AbortController();
  const dueAtMs = new Map<Chore, number>();
  const inHand = new Map<Chore, Promise<void>>();
  const caring = care();
  return {
    async stop() {
      stopped.abort();
      await caring;
      await Promise.all(inHand.values());
    },
  };

  async function care(): Promise<void> {
    while (!stopped.signal.aborted) {
      await clock.sleep(TICK_MS, stopped.signal);
      if (stopped.signal.aborted) return;
      const isDue = await findDue();
      for (const chore of chores) if (isDue(chore) && !inHand.has(chore)) attend(chore);
    }
  }

  /** What can't be asked may well be due. */
  async function findDue(): Promise<(chore: Chore) => boolean> {
    const conditional = chores.filter((chore) => "due" in chore);
    const answers = conditional.length === 0 ? [] : await askAll(conditional).catch(() => undefined);
    return (chore) =>
      "due" in chore
        ? (answers?.[conditional.indexOf(chore)] ?? true)
        : clock.monotonicMs() >= (dueAtMs.get(chore) ?? 0);
  }

  async function askAll(conditional: readonly { due: SQL<boolean> }[]): Promise<readonly boolean[] | undefined> {
    const conditions = sql.join(
      conditional.map(({ due }) => sql`(${due})`),
      sql`, `,
    );
    const [row] = await db.execute<{ answers: boolean[] }>(sql`select array[${conditions}] as answers`);
    return row?.answers;
  }

  function attend(chore: Chore): void {
    if ("everyMs" in chore) dueAtMs.set(chore, clock.monotonicMs() + chore.everyMs);
    const doing = chore
      .run()
      .catch((error: unknown) => log.warn({ err: error }, `${chore.name}: failed, tried again later`))
      .finally(() => inHand.delete(chore))
      .then(() => undefined);
    inHand.set(chore, doing);
  }
}
