type Rules = Readonly<Record<string, unknown>>;

/** One threshold of the guard, as a form holds it: `outputOverInput` is "0.9, 20", `vanish.sellerShare` is "0.2". */
export type Threshold = Readonly<{ name: string; value: string }>;

/** Every threshold of a set of rules, in its order; those of a group as `group.name`. */
export function listThresholds(rules: Rules): Threshold[] {
  return Object.entries(rules).flatMap(([name, value]) => {
    if (Array.isArray(value)) return [{ name, value: value.join(", ") }];
    if (typeof value === "object" && value !== null)
      return listThresholds({ ...value }).map((one) => ({ ...one, name: `${name}.${one.name}` }));
    return [{ name, value: String(value) }];
  });
}

/** The reverse, for the API; undefined when a value is no number, or no list of numbers. */
export function readThresholds(thresholds: readonly Threshold[]): Record<string, unknown> | undefined {
  const rules: Record<string, unknown> = {};
  const groups: Record<string, Record<string, unknown>> = {};
  for (const { name, value } of thresholds) {
    const numbers = value.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    if (numbers.some((number) => !Number.isFinite(number))) return undefined;
    const [group = "", own] = name.split(".");
    const target = own === undefined ? rules : (groups[group] ??= {});
    target[own ?? group] = numbers.length === 1 ? numbers[0] : numbers;
  }
  return { ...rules, ...groups };
}

/** "outputOverInput" as people say it: "output over input". */
export function thresholdWords(name: string): string {
  return name
    .replaceAll(".", ": ")
    .replaceAll(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
