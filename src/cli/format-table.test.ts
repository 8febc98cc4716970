import { expect, test } from "vitest";
import { formatTable } from "#/cli/format-table.ts";

const columns = [
  { title: "NAME", shrinks: true },
  { title: "N", align: "right" as const },
];

test("columns line up, numbers on the right, colours not counted", () => {
  const rows = [
    ["a", "1"],
    ["\u001b[32mbcd\u001b[39m", "1,000"],
  ];
  expect(formatTable(columns, rows)).toBe("NAME      N\na         1\n\u001b[32mbcd\u001b[39m   1,000\n");
});

test("only the column that may shrink gives way to a narrow terminal", () => {
  expect(formatTable(columns, [["a-long-name-indeed", "1,000"]], 20)).toBe(
    "NAME               N\na-long-name-…  1,000\n",
  );
  expect(formatTable(columns, [["a-long-name-indeed", "1,000"]])).toContain("a-long-name-indeed");
});

test("several columns give way in their order, and what then does not fit is a block a row, with nothing cut", () => {
  const wide = [
    { title: "MODEL", shrinks: true },
    { title: "SELLER", shrinks: true },
    { title: "PRICE", align: "right" as const },
  ];
  const rows = [
    ["a-long-model", "a-long-seller", "input $2.50/M"],
    ["short", "", "\u001b[32m-\u001b[39m"],
  ];
  expect(formatTable(wide, rows, 36).split("\n")[1]).toBe("a-lon…  a-long-seller  input $2.50/M");
  expect(formatTable(wide, rows, 31).split("\n")[1]).toBe("a-lon…  a-long-…  input $2.50/M");
  expect(formatTable(wide, rows, 28)).toBe(
    "MODEL   a-long-model\nSELLER  a-long-seller\nPRICE   input $2.50/M\n\nMODEL   short\nPRICE   \u001b[32m-\u001b[39m\n",
  );
});
