import { formatCount, formatTable } from "#/cli/format-table.ts";
import { printable } from "#/cli/printable.ts";
import type { UnreadField } from "#/terms/unread-field.ts";

/** The fields that were not read, each with its first place and what it holds there. `source` is a column of its own. */
export function formatUnreadFields(
  fields: readonly (UnreadField & { source?: string })[],
  width: number | undefined,
): string {
  if (fields.length === 0) return "";
  const hasSource = fields.some(({ source }) => source !== undefined);
  const columns = [
    ...(hasSource ? [{ title: "SOURCE", shrinks: true }] : []),
    { title: "FIELD NOT READ", shrinks: true },
    { title: "REASON" },
    { title: "COUNT", align: "right" as const },
    { title: "HOLDS", shrinks: true },
    { title: "FIRST AT", shrinks: true },
  ];
  const rows = fields.map(({ source, field, reason, count, path, value }) => [
    ...(hasSource ? [printable(source ?? "")] : []),
    printable(field === "" ? "(whole entry)" : field),
    reason,
    formatCount(count),
    printable(value),
    printable(path),
  ]);
  return formatTable(columns, rows, width);
}
