import { expect, test } from "vitest";
import { evidenceRows } from "#/ui/review/hold-evidence.model.ts";
import type { Hold } from "#/ui/review/hold-words.model.ts";

const says = (source: string, input: string, output: string) => ({
  source,
  seller: "acme",
  model: "m",
  variant: "default",
  amounts: { "input/token": input, "output/token": output },
});
const now = (said: Omit<ReturnType<typeof says>, "amounts"> & { amounts: Record<string, string> }) => ({
  ...said,
  since: "2026-08-01T00:00:00Z",
  seenAt: null,
});
const sheet = (input: string, output: string): NonNullable<Hold["old"]> => ({
  state: "priced",
  charges: [
    { meter: "input", unit: "token", amount: input },
    { meter: "output", unit: "token", amount: output },
  ],
});
const HOLD = { old: sheet("0.000001", "0.000004"), new: sheet("0.00002", "0.00008") };
const CHEAP = says("litellm", "0.000001", "0.000004");

test("what another source says stands beside what it said when the price was held", () => {
  const dear = says("litellm", "0.000002", "0.000008");
  expect(evidenceRows({ ...HOLD, evidence: [CHEAP], evidenceNow: [now(dear)] })).toMatchObject([
    {
      source: "litellm",
      whenHeld: "$1.00 in, $4.00 out",
      now: "$2.00 in, $8.00 out",
      isMoved: true,
      agrees: undefined,
    },
  ]);
  expect(evidenceRows({ ...HOLD, evidence: [CHEAP], evidenceNow: [now(CHEAP)] })).toMatchObject([{ isMoved: false }]);
});

test("a source that has come or gone since is shown as such, those that list the model now first", () => {
  const other = says("openrouter", "0.00002", "0.00008");
  expect(
    evidenceRows({ ...HOLD, evidence: [CHEAP], evidenceNow: [now(other)] }).map((row) => [
      row.source,
      row.whenHeld,
      row.now,
    ]),
  ).toEqual([
    ["openrouter", undefined, "$20.00 in, $80.00 out"],
    ["litellm", "$1.00 in, $4.00 out", undefined],
  ]);
});

test("a source is said to agree only when it asks the same for all that it has in common with the price", () => {
  const agrees = (...said: readonly [input: string, output: string]) =>
    evidenceRows({ ...HOLD, evidence: [], evidenceNow: [now(says("litellm", ...said))] })[0]?.agrees;
  expect(agrees("0.00002", "0.00008")).toBe("held");
  expect(agrees("0.0000010", "0.000004")).toBe("last good");
  expect(agrees("0.00002", "0.000004")).toBeUndefined();
});

test("a source that prices other meters than tokens is read by them", () => {
  const images = { ...CHEAP, amounts: { "output_image/image": "0.04" } };
  expect(evidenceRows({ ...HOLD, evidence: [], evidenceNow: [now(images)] })[0]?.now).toBe(
    "Image output $0.04 per image",
  );
});
