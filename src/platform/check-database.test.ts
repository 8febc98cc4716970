import { expect, test } from "vitest";
import { checkServer, type ServerFacts } from "#/platform/check-database.ts";

const GOOD: ServerFacts = {
  versionNumber: 150_018,
  version: "15.18",
  encoding: "UTF8",
  isInRecovery: false,
  isReadOnly: false,
  mayCreateSchemas: true,
  mayCreateTables: true,
  tls: null,
  secondsAhead: 0,
};

function complaints(facts: Partial<ServerFacts>): string[] {
  return checkServer({ ...GOOD, ...facts }).flatMap(({ passed, words }) => (passed ? [] : [words]));
}

test("a server that is too old, of another encoding, a replica or read-only is refused in words, and a good one is not", () => {
  expect(complaints({})).toEqual([]);
  expect(complaints({ versionNumber: 180_004, version: "18.4" })).toEqual([]);
  expect(complaints({ versionNumber: 140_022, version: "14.22" })).toEqual([
    "The server is PostgreSQL 14.22. Ratebook needs 15 or newer",
  ]);
  expect(complaints({ encoding: "SQL_ASCII" })).toEqual([
    expect.stringMatching(/encoding is SQL_ASCII.*encoding 'UTF8'/),
  ]);
  expect(complaints({ isInRecovery: true })).toEqual([expect.stringMatching(/read-only replica.*Name the primary/)]);
  expect(complaints({ isReadOnly: true })).toEqual([expect.stringMatching(/default_transaction_read_only/)]);
});
