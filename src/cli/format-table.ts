import { stripVTControlCharacters } from "node:util";

export type Column = Readonly<{
  title: string;
  align?: "right";
  /** The one that gives way when the table is wider than the terminal. */
  shrinks?: boolean;
}>;

const GAP = "  ";
const NARROWEST = 8;

/** Aligned columns under their titles, one line each; `width` in characters, unlimited when absent. */
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
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? "", widths[index] ?? 0, align))
      .join(GAP)
      .trimEnd();
  return [titles, ...rows].map((row) => `${line(row)}\n`).join("");
}

function fitWidths(columns: readonly Column[], widths: readonly number[], limit: number): number[] {
  const total = widths.reduce((sum, width) => sum + width, 0) + GAP.length * (columns.length - 1);
  const excess = Math.max(0, total - limit);
  return widths.map((width, index) =>
    columns[index]?.shrinks === true ? Math.min(width, Math.max(NARROWEST, width - excess)) : width,
  );
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
