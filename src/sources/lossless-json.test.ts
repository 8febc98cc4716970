import fc from "fast-check";
import { isLosslessNumber } from "lossless-json";
import { expect, test } from "vitest";
import { parseLossless } from "#/sources/lossless-json.ts";
import { isObject } from "#/sources/payload-shape.ts";

function read(text: string) {
  const outcome = parseLossless(text);
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome;
}

function problemOf(text: string) {
  const outcome = parseLossless(text);
  return outcome.ok ? undefined : outcome.problem;
}

test("a number keeps the digits it was written with", () => {
  const { value } = read('{"price": 0.10000000000000000000000000001}');
  expect(isObject(value) && String(value["price"])).toBe("0.10000000000000000000000000001");
});

test("a byte order mark before the document does no harm", () => expect(read("\uFEFF[]").value).toEqual([]));

test("an error page is not JSON, and the message says what came", () => {
  expect(problemOf("\n<!DOCTYPE html><title>502</title>")).toMatchObject({
    code: "not_json",
    message: expect.stringContaining("web page"),
  });
});

test("plain words are not JSON", () => expect(problemOf("upstream timed out {")?.code).toBe("not_json"));

test("no text at all is empty", () => expect(problemOf(" \n")?.code).toBe("empty"));

test("a document that stops anywhere inside is truncated", () => {
  const text = '{"a": [1.5, {"b": "c\\"d", "e": true}], "f": null}';
  for (let end = 1; end < text.length; end += 1) expect(problemOf(text.slice(0, end))?.code).toBe("truncated");
});

test("a fault in a document that is whole is not a truncation", () => {
  expect(problemOf('{"a": 1,}')?.code).toBe("not_json");
  expect(problemOf('{"a": 01}')?.code).toBe("not_json");
  expect(problemOf('{"a": 1} {"b": 2}')?.code).toBe("not_json");
});

test.each(["[", '{"a":'])("a million times %s is a problem, not a crash", (opening) => {
  expect(problemOf(opening.repeat(1_000_000))).toMatchObject({
    code: "not_json",
    message: expect.stringContaining("deeper"),
  });
});

test("brackets inside text are not nesting", () => {
  expect(parseLossless(JSON.stringify({ a: "[".repeat(1000), b: '"{'.repeat(100) })).ok).toBe(true);
});

test("of a key given twice the last counts, and it is reported unless both say the same", () => {
  const { value, duplicateKeys } = read('{"a": 1, "a": 2, "b": {"c": 3, "c": 4}, "d": 5, "d": 5}');
  expect(isObject(value) && String(value["a"])).toBe("2");
  expect(duplicateKeys).toEqual(["a", "c"]);
});

test("a key named __proto__ is data and changes no prototype", () => {
  const { value } = read('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}');
  expect(isObject(value) && Object.keys(value)).toEqual(["__proto__", "constructor"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect("polluted" in {}).toBe(false);
});

test("no payload can pass an object off as a number", () => {
  expect(isLosslessNumber(read('{"isLosslessNumber": true, "value": "1"}').value)).toBe(false);
});

test("every JSON document is read, and no text makes it throw", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => {
      expect(parseLossless(text).ok).toBe(true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      parseLossless(text);
    }),
  );
});
