import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "#/platform/errors.ts";
import { csvNumber, readCsv } from "#/book/read-csv.ts";

const schema = z.object({ model: z.string(), amount: csvNumber, reason: z.string().optional() });
const read = (text: string) => readCsv(text, schema);
const ONE = { line: 2, value: { model: "one", amount: "0.5", reason: "a, b" } };

test.each([
  ["commas", 'model,amount,reason\none,0.5,"a, b"\n'],
  ["semicolons", "model;amount;reason\none;0.5;a, b\n"],
  ["tabs", "model\tamount\treason\none\t0.5\ta, b\n"],
  ["a byte order mark", '\uFEFFmodel,amount,reason\none,0.5,"a, b"\n'],
  ["lines that end as in Windows", 'model,amount,reason\r\none,0.5,"a, b"\r\n'],
  ["columns in quotes, capitals and spaces", '"Model" ;"AMOUNT"; reason\none;0.5;"a, b"'],
  ["empty columns that a spreadsheet added", "model;amount;reason;;\none;0.5;a, b;;\n;;;;\n"],
])("a CSV with %s is read", (_what, text) => {
  expect(read(text)).toEqual({ lines: [ONE], problems: [] });
});

test("a separator that the first line says is the one that counts, and line numbers stay those of the file", () => {
  expect(read("sep=;\r\nmodel;amount;reason\r\none;0.5;a, b\r\n")).toEqual({
    lines: [{ ...ONE, line: 3 }],
    problems: [],
  });
});

test("a decimal comma is refused with a hint in either kind of CSV, and the other lines are read", () => {
  const { lines, problems } = read("model;amount\none;0,5\ntwo;1.250,00\nthree;0.5\n");
  expect(lines).toEqual([{ line: 4, value: { model: "three", amount: "0.5" } }]);
  expect(problems.map(({ line }) => line)).toEqual([2, 3]);
  expect(problems[0]?.problem).toBe(
    'amount: "0,5" has a comma; write decimals with a point and leave thousands together, such as 1250.5',
  );
  expect(read("model,amount\none,0,5\ntwo,0.5\n")).toMatchObject({
    lines: [{ line: 3 }],
    problems: [
      { line: 2, problem: expect.stringMatching(/3 fields, and the header has 2\. Write decimals with a point/) },
    ],
  });
  expect(read('model,amount\none,"0,5"\n').problems[0]?.problem).toContain("has a comma");
});

test("a line that is too short is a problem of its own", () => {
  expect(read("model,amount,reason\none,0.5\ntwo,0.5,ok then\n")).toMatchObject({
    lines: [{ line: 3 }],
    problems: [{ line: 2, problem: "it has 2 fields, and the header has 3" }],
  });
});

test.each([
  ["model;amount,reason\n", /more than one of comma, semicolon and tab/],
  ["model,amount,Amount\none,1,2\n", /"amount" twice/],
  ['model,amount\n"one,1\n', /not a CSV/],
])("%j is refused as a whole", (text, message) => {
  expect(() => read(text)).toThrow(AppError);
  expect(() => read(text)).toThrow(message);
});
