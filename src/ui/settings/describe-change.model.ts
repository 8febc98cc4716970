/** What a recorded change did, a line for each field: `role: viewer → admin`. Fields that say nothing are left out. */
export function describeChange(before: unknown, after: unknown): string[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [from, to] = [wordsOf(old[name]), wordsOf(now[name])];
    if (from === to) return [];
    if (from === "") return [`${name}: ${to}`];
    return [`${name}: ${from} → ${to === "" ? "none" : to}`];
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  return typeof value === "object" && !Array.isArray(value) ? { ...value } : { value };
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  const isEmpty = typeof value === "object" && Object.keys(value).length === 0;
  return isEmpty ? "" : JSON.stringify(value);
}
