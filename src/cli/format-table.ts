import { stripVTControlCharacters } from "node:util";
import { Help } from "commander";

export type Column = Readonly<{
  title: string;
  align?: "right";
  /** Gives way when the table is wider than the terminal; the first of several does so first. */
  shrinks?: boolean;
}>;

const GAP = "  ";
const NARROWEST = 6;

/**
 * Aligned columns under their titles, one line each; `width` in characters, unlimited when absent. What does not fit
 * even when every column that may has given way is written as one block a row, so that no price is cut.
 */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string {
  const titles = columns.map(({ title }) => title);
  const widths = fitWidths(
    columns,
    columns.map((_, index) => Math.max(...[titles, ...rows].map((row) => shownLength(row[index] ?? "")))),
    width,
  );
  if (widths === undefined) return formatBlocks(titles, rows, width);
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? "", widths[index] ?? 0, align))
      .join(GAP)
      .trimEnd();
  return [titles, ...rows].map((row) => `${line(row)}\n`).join("");
}

/** `undefined` when no way of giving way is enough. */
function fitWidths(columns: readonly Column[], widths: readonly number[], limit: number): number[] | undefined {
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1) - limit;
  const fitted = widths.map((width, index) => {
    const given = columns[index]?.shrinks === true ? Math.max(0, Math.min(width - NARROWEST, excess)) : 0;
    excess -= given;
    return width - given;
  });
  return excess > 0 ? undefined : fitted;
}

function formatBlocks(titles: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const wide = Math.max(...titles.map((title) => title.trim().length)) + GAP.length;
  const lineOf = (title: string, cell: string) => {
    const text = new Help().boxWrap(cell, width - wide).replaceAll("\n", `\n${" ".repeat(wide)}`);
    return `${title.padEnd(wide)}${text}\n`;
  };
  return rows
    .map((row) =>
      titles
        .map((title, index) => ({ title: title.trim(), cell: (row[index] ?? "").trim() }))
        .map(({ title, cell }) => (cell === "" ? "" : lineOf(title, cell)))
        .join(""),
    )
    .join("\n");
}

function pad(cell: string, width: number, align: "right" | undefined): string {
  const length = shownLength(cell);
  const text = length > width ? `${cell.slice(0, Math.max(0, width - 1))}…` : cell;
  const space = " ".repeat(Math.max(0, width - shownLength(text)));
  return align === "right" ? `${space}${text}` : `${text}${space}`;
}

function shownLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** `1,234`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 source`, `2 sources`. */
export function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}
