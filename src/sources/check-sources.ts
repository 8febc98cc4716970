import type { Check } from "#/platform/check-database.ts";
import type { Db } from "#/platform/database.ts";
import { listSources } from "#/sources/list-sources.ts";

/** Whether every enabled source was read lately enough to say what prices are now. */
export async function checkSources(db: Db): Promise<Check> {
  const enabled = (await listSources(db)).filter((source) => source.enabled);
  const stale = enabled.filter(({ ageSeconds, staleAfterSeconds }) => (ageSeconds ?? Infinity) > staleAfterSeconds);
  const fresh = enabled.length === 0 ? "no source is enabled" : `all ${enabled.length} enabled sources are fresh`;
  const names = stale.map(({ name, ageSeconds }) => (ageSeconds === null ? `${name} (never read)` : name));
  return {
    name: "sources",
    passed: stale.length === 0,
    words: stale.length === 0 ? fresh : `Not fresh: ${names.join(", ")}. Run a sync, and see what it says of them`,
  };
}
