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
