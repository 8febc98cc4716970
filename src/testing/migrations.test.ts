import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { listMigrations } from "#/testing/migrate-to.ts";

/** Statements that write a table anew, or every row of it, while nobody may use it. */
const REWRITES: readonly RegExp[] = [
  /ALTER COLUMN "?\w+"? (SET DATA )?TYPE/i,
  /ADD COLUMN [^;]*GENERATED ALWAYS AS [^;]*STORED/i,
  /ADD COLUMN [^;]*DEFAULT (clock_timestamp|gen_random_uuid|random|nextval|timeofday)\(/i,
  /UPDATE "?\w+"?( \w+)? SET (?![^;]*\bWHERE\b)/i,
  /\b(CLUSTER|VACUUM FULL)\b/i,
];

/** Landed before this was asked: databases at 0.1.0 have them behind them. New ones stay out of this list. */
const BEFORE = 17;

function listRewrites(text: string): string[] {
  const statements = text.replaceAll(/^\s*--.*$/gm, "").split(/;\s*(?:--> statement-breakpoint)?/);
  return statements
    .map((statement) => statement.trim())
    .filter((statement) => REWRITES.some((pattern) => pattern.test(`${statement};`)));
}

test("no new migration rewrites a table, for which nobody could read it while that lasts", async () => {
  for (const tag of (await listMigrations()).slice(BEFORE)) {
    expect(listRewrites(await readFile(`drizzle/${tag}.sql`, "utf8")), tag).toEqual([]);
  }
});

test("the rewrites of the first migrations are found", async () => {
  const read = async (tag: string) => listRewrites(await readFile(`drizzle/${tag}.sql`, "utf8"));
  expect(await read("0010_newest_history_by_source")).toHaveLength(1);
  expect((await read("0002_prices_that_can_be_trusted")).length).toBeGreaterThanOrEqual(3);
  expect(await read("0013_request_digests")).toEqual([]);
  expect(await read("0016_runs_in_order")).toEqual([]);
});
