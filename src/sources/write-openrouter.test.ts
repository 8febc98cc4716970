import { expect, test } from "vitest";
import { decimal } from "#/price/decimal.ts";
import { writeOpenrouter } from "#/sources/write-openrouter.ts";

const charges = [{ meter: "input" as const, unit: "token" as const, amount: decimal("0.000002") }];
const key = { seller: "acme", model: "m", listing: undefined, charges };

test("a bare word stands behind the id; what is sold under a condition has no id there, and is counted", () => {
  const { text, omitted } = writeOpenrouter([
    { ...key, variant: "default" },
    { ...key, variant: "free" },
    { ...key, variant: "region=eu" },
    { ...key, variant: "free+endpoint=fp8", listing: "acme/m@acme/fp8" },
  ]);
  expect(omitted).toBe(2);
  const { data } = JSON.parse(text) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(["acme/m", "acme/m:free"]);
});
