import type { Db, Tx } from "#/platform/database.ts";

class DryRunEnd extends Error {}

/** Does a change in a transaction of its own and answers what came of it; a dry run is the same, rolled back. */
export async function changeOrTry<Outcome>(
  db: Db,
  { dryRun }: Readonly<{ dryRun: boolean }>,
  change: (tx: Tx) => Promise<Outcome>,
): Promise<Outcome> {
  const tried: Outcome[] = [];
  try {
    return await db.transaction(async (tx) => {
      const outcome = await change(tx);
      if (!dryRun) return outcome;
      tried.push(outcome);
      throw new DryRunEnd("a dry run is rolled back");
    });
  } catch (error) {
    const [outcome] = tried;
    if (error instanceof DryRunEnd && outcome !== undefined) return outcome;
    throw error;
  }
}
