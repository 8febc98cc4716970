import { expect, test } from "vitest";
import { asDatabaseOutage } from "#/platform/database-outage.ts";
import { AppError } from "#/platform/errors.ts";

const coded = (code: string, options?: ErrorOptions) => Object.assign(new Error(`failed: ${code}`, options), { code });

test.each([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "57P01",
  "57P02",
  "57P03",
  "08006",
  "08P01",
  "53300",
])("a statement that failed with %s can be tried again soon, however deep its cause is", (code) => {
  const outage = {
    code: "UNAVAILABLE",
    retryAfterSeconds: expect.any(Number),
    message: expect.stringContaining("database can't be reached"),
  };
  expect(asDatabaseOutage(coded(code))).toMatchObject(outage);
  const wrapped = new Error("Failed query: select 1", { cause: new Error("deeper", { cause: coded(code) }) });
  expect(asDatabaseOutage(wrapped)).toMatchObject({ ...outage, cause: wrapped });
  expect(asDatabaseOutage(new AggregateError([coded(code)]))).toMatchObject(outage);
});

test.each(["23505", "42P01", "40001", "22P02", "0A000", "53100", "ERR_INVALID_ARG_TYPE"])(
  "a statement that failed with %s is no outage",
  (code) => {
    expect(asDatabaseOutage(new Error("Failed query", { cause: coded(code) }))).toBeUndefined();
  },
);

test("what is no error of a statement is no outage", () => {
  for (const error of [undefined, "ECONNREFUSED", { code: "ECONNREFUSED" }, new AppError("BUSY", "wait")])
    expect(asDatabaseOutage(error)).toBeUndefined();
});
