import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

export const CHART_FOLDER = "deploy/helm/ratebook";

/** The chart with its default values, rendered, for those who do without Helm. */
export const MANIFESTS_FILE = "deploy/kubernetes.yaml";

export type Values = Readonly<{ [name: string]: unknown }>;
const values: z.ZodType<Values> = z.record(z.string(), z.unknown());

/** The chart's default values. */
export async function readDefaultValues(): Promise<Values> {
  return values.parse(parse(await readFile(join(CHART_FOLDER, "values.yaml"), "utf8")));
}

/** Values as Helm sees them when some are set: objects are merged, null takes a value away, everything else is replaced. */
export function mergeValues(base: Values, changes: Values): Values {
  const merged = Object.entries(changes).map(([name, change]): [string, unknown] => {
    const [inner, outer] = [values.safeParse(base[name]), values.safeParse(change)];
    return [name, inner.success && outer.success ? mergeValues(inner.data, outer.data) : change];
  });
  const all = { ...base, ...Object.fromEntries(merged) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** What the chart's schema refuses in values; empty when it takes them. Helm asks the same schema before it renders. */
export async function findValueFaults(given: Values): Promise<string[]> {
  const schema = values.parse(JSON.parse(await readFile(join(CHART_FOLDER, "values.schema.json"), "utf8")));
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true });
  ajv.validate(schema, given);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? "is refused"}`);
}

/** The first lines of `deploy/kubernetes.yaml`. The digest tells whoever has no Go that the chart or the manifests were changed alone. */
export async function describeManifests(manifests: string): Promise<string> {
  const digest = createHash("sha256");
  for (const { name, text } of await readChart()) digest.update(`${name}\n${text}\n`);
  digest.update(manifests);
  return [
    "# This is deploy/helm/ratebook with its default values. Change the chart, then: npm run try:chart -- --write",
    `# Digest of the chart and of what follows: ${digest.digest("hex")}`,
    "",
  ].join("\n");
}

/** What a rendering is made of, with names as in the chart: every file of the chart but the schema of its values. */
export async function readChart(): Promise<readonly { name: string; text: string }[]> {
  const templates = (await readdir(join(CHART_FOLDER, "templates"))).toSorted().map((name) => `templates/${name}`);
  return Promise.all(
    ["Chart.yaml", "values.yaml", ...templates].map(async (name) => ({
      name,
      text: await readFile(join(CHART_FOLDER, name), "utf8"),
    })),
  );
}
