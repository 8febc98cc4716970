import { afterAll, beforeAll, expect, test } from "vitest";
import { importPins } from "#/book/import-pins.ts";
import { importUsage } from "#/book/set-usage.ts";
import { ACTOR } from "#/testing/sync-world.ts";
import { openTestDatabase } from "#/testing/test-database.ts";

let database: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const dryRun = (csv: string) => importPins(database.db, ACTOR, { csv, dryRun: true });

test("pins come from a CSV as a spreadsheet writes it: semicolons, dollars, prices per million, days", async () => {
  const answer = await dryRun(
    [
      "\uFEFFseller;model;variant;meter;unit;usd_per_unit;usd_per_1m;reason;expires_at",
      "acme;a/one;;input;;$0.0000025;;our contract;2099-12-31",
      "acme;a/two;;input;;;$ 2.50;our contract;2099-12-31T00:00:00Z",
      "acme;a/three;;output;;0.0000025;2.5;our contract;",
      "acme;a/four;;request;request;;1000000;our contract;2099-11-30",
      "",
    ].join("\r\n"),
  );
  expect(answer.problems).toEqual([]);
  expect(answer.pins.map(({ after, expiresAt }) => [after[0]?.amount, expiresAt])).toEqual([
    ["0.0000025", "2099-12-31T00:00:00Z"],
    ["0.0000025", "2099-12-31T00:00:00Z"],
    ["0.0000025", null],
    ["1", "2099-11-30T00:00:00Z"],
  ]);
  expect(answer.notes).toEqual(["A day without a time is its start, 00:00 UTC: the pin of lines 2, 5 ends then"]);
});

test("a price that two columns state differently, a decimal comma and a day in another order are refused with a hint", async () => {
  const { pins, problems } = await dryRun(
    [
      "seller;model;meter;usd_per_unit;usd_per_1m;reason;expires_at",
      "acme;a/one;input;0.0000025;2.6;our contract;",
      "acme;a/two;input;;;our contract;",
      "acme;a/three;input;;2,50;our contract;",
      "acme;a/four;input;;2.5;our contract;31.12.2099",
      "acme;a/five;input;;-2.5;our contract;",
    ].join("\n"),
  );
  expect(pins).toEqual([]);
  expect(problems).toEqual([
    { line: 2, problem: "usd_per_unit: 0.0000025 is not what usd_per_1m says, which is 0.0000026 per unit" },
    { line: 3, problem: "usd_per_unit: give a price here or in usd_per_1m" },
    { line: 4, problem: expect.stringMatching(/^usd_per_1m: "2,50" has a comma; write decimals with a point/) },
    { line: 5, problem: "expires_at: an instant such as 2026-12-31T00:00:00Z, or a day such as 2026-12-31" },
    { line: 6, problem: expect.stringMatching(/^usd_per_1m: USD per one unit/) },
  ]);
});

test("usage comes from a CSV with semicolons, and a number with commas is refused with a hint", async () => {
  const head = "\uFEFFseller;model;variant;meter;units_per_month\r\n";
  expect(await importUsage(database.db, ACTOR, `${head}acme;a/one;;input;1000000\r\n`)).toEqual({ written: 1 });
  await expect(importUsage(database.db, ACTOR, `${head}acme;a/one;;input;1,000,000\r\n`)).rejects.toThrow(
    'line 2: units_per_month: "1,000,000" has a comma',
  );
});
