import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { readConfig } from "#/config.ts";
import { VERSION } from "#/terms/version.ts";
import {
  describeManifests,
  findValueFaults,
  MANIFESTS_FILE,
  mergeValues,
  readChart,
  readDefaultValues,
  type Values,
} from "#/testing/helm-chart.ts";
import { findManifestFaults } from "#/testing/manifest-faults.ts";
import { secondsToStop } from "#/testing/seconds-to-stop.ts";

const DATABASE_URL = "postgres://ratebook@postgres:5432/ratebook";
const image = `ratebook:${VERSION}`;
const chart = await readChart();
const templates = chart.filter(({ name }) => name.startsWith("templates/"));
const defaults = await readDefaultValues();
const manifests = await readFile(MANIFESTS_FILE, "utf8");

const labels = z.record(z.string(), z.string());
const podTemplate = <Container extends z.ZodType>(container: Container) =>
  z.object({
    metadata: z.object({ labels }),
    spec: z.object({
      shareProcessNamespace: z.literal(true),
      automountServiceAccountToken: z.literal(false),
      enableServiceLinks: z.literal(false),
      terminationGracePeriodSeconds: z.number(),
      securityContext: z.object({
        runAsNonRoot: z.literal(true),
        runAsUser: z.literal(1000),
        seccompProfile: z.object({ type: z.literal("RuntimeDefault") }),
      }),
      volumes: z.tuple([z.object({ name: z.literal("tmp"), emptyDir: z.object({}) })]),
      containers: z.tuple([container]),
    }),
  });
const container = z.object({
  image: z.literal(image),
  envFrom: z.tuple([z.object({ secretRef: z.object({ name: z.literal("ratebook") }) })]),
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal("ALL")]) }),
  }),
  volumeMounts: z.tuple([z.object({ name: z.literal("tmp"), mountPath: z.literal("/tmp") })]),
  resources: z.object({ requests: z.object({ cpu: z.string() }), limits: z.object({ memory: z.string() }) }),
});
const probe = <Path extends string>(path: Path) =>
  z.object({ httpGet: z.object({ path: z.literal(path), port: z.string() }) });
const running = container.extend({
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.tuple([z.object({ name: z.string(), containerPort: z.number() })]),
  startupProbe: probe("/healthz"),
  readinessProbe: probe("/readyz"),
  livenessProbe: probe("/healthz"),
});
const named = { metadata: z.object({ name: z.string(), labels }) };
const manifest = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("Deployment"),
    ...named,
    spec: z.object({ selector: z.object({ matchLabels: labels }), template: podTemplate(running) }),
  }),
  z.object({
    kind: z.literal("Job"),
    metadata: z.object({ name: z.string(), labels, annotations: labels }),
    spec: z.object({
      ttlSecondsAfterFinished: z.number(),
      template: podTemplate(container.extend({ command: z.array(z.string()) })),
    }),
  }),
  z.object({
    kind: z.literal("Service"),
    ...named,
    spec: z.object({ selector: labels, ports: z.tuple([z.object({ port: z.number(), targetPort: z.string() })]) }),
  }),
  z.object({
    kind: z.literal("PodDisruptionBudget"),
    ...named,
    spec: z.object({ maxUnavailable: z.number(), selector: z.object({ matchLabels: labels }) }),
  }),
]);
type Manifest = z.infer<typeof manifest>;

/** Parsed when a test asks, so that a fault in the file fails that test alone. */
function readManifests<Kind extends Manifest["kind"]>(kind: Kind): Extract<Manifest, { kind: Kind }>[] {
  const all = parseAllDocuments(manifests).map((document) => manifest.parse(document.toJS()));
  return all.filter((one): one is Extract<Manifest, { kind: Kind }> => one.kind === kind);
}

test("the chart is one for Helm 3 and later, and carries the program's version as both of its own", () => {
  const about: unknown = parse(chart.find(({ name }) => name === "Chart.yaml")?.text ?? "");
  expect(about).toMatchObject({ apiVersion: "v2", name: "ratebook", type: "application" });
  expect(about).toMatchObject({ version: VERSION, appVersion: VERSION });
});

test("the chart's own values pass its schema, as the least and the most that may be set do", async () => {
  const most = {
    image: { repository: "registry.example.com:5000/team/ratebook", tag: "v1.2_rc.3", pullSecrets: ["registry"] },
    publicUrl: "https://prices.example.com:8443",
    drainSeconds: 600,
    web: { replicas: 40, resources: { requests: { cpu: 2 }, limits: null } },
    worker: { replicas: 0, resources: {} },
    ingress: { enabled: true, className: "nginx", annotations: { "a/b": "true" }, tlsSecret: "tls" },
    global: { any: "thing" },
  };
  for (const changes of [{}, { drainSeconds: 0, web: { replicas: 0 } }, most])
    expect(await findValueFaults(mergeValues(defaults, changes))).toEqual([]);
});

test.for<[string, Values]>([
  ["/web ", { web: { replicaCount: 3 } }],
  ["/web/replicas", { web: { replicas: "3" } }],
  ["/web/replicas", { web: { replicas: 1.5 } }],
  ["/worker/replicas", { worker: { replicas: -1 } }],
  ["/worker/resources ", { worker: { resources: { request: {} } } }],
  ["/drainSeconds", { drainSeconds: 601 }],
  ["/existingSecret", { existingSecret: "" }],
  ["/existingSecret", { existingSecret: "Ratebook Secret" }],
  ["/publicUrl", { publicUrl: "prices.example.com" }],
  ["/publicUrl", { publicUrl: "https://example.com/prices" }],
  ["/image/repository", { image: { repository: "" } }],
  ["/image/tag", { image: { tag: 1.2 } }],
  ["/image/tag", { image: { tag: "1.2 beta" } }],
  ["/image/pullSecrets/0", { image: { pullSecrets: [{ name: "registry" }] } }],
  ["/ingress/enabled", { ingress: { enabled: "false" } }],
  ["/ingress/annotations/a", { ingress: { annotations: { a: true } } }],
  [" ", { replicas: 2 }],
])("the chart refuses at %s the values %j", async ([place, changes]) => {
  const faults = await findValueFaults(mergeValues(defaults, changes));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${place}`));
});

test("the templates use every value of the chart, and no other", () => {
  const used = templates.flatMap(({ text }) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = ""]) => path));
  expect([...new Set(used)].toSorted()).toEqual(listPaths(defaults).toSorted());
});

test("the manifests are the chart with its default values, and neither was changed without the other", async () => {
  const start = manifests.indexOf("---\n");
  expect(manifests.slice(0, start)).toBe(await describeManifests(manifests.slice(start)));
});

test("the manifests have no fault and no field that Kubernetes does not know", () => {
  expect(findManifestFaults(manifests)).toEqual([]);
});

test("Kubernetes gets one deployment that serves and one that works, both locked down, with settings that Ratebook takes and time to stop", () => {
  const roles = readManifests("Deployment").map(({ metadata, spec: { selector, template } }) => {
    expect(template.metadata.labels).toEqual(selector.matchLabels);
    expect(metadata.labels).toEqual(selector.matchLabels);
    const [{ env, ports, ...probes }] = template.spec.containers;
    const settings = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const { role, port, metricsPort } = readConfig({ ...settings, DATABASE_URL });
    expect(ports[0].containerPort).toBe(role === "web" ? port : metricsPort);
    for (const { httpGet } of [probes.startupProbe, probes.readinessProbe, probes.livenessProbe])
      expect(httpGet.port).toBe(ports[0].name);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(secondsToStop(settings));
    expect(selector.matchLabels["app.kubernetes.io/component"]).toBe(role);
    return role;
  });
  expect(roles).toEqual(["web", "worker"]);
  expect(defaults["drainSeconds"]).toBe(readConfig({}).drainMs / 1000);
});

test("one job migrates before Helm changes anything, under another name for each image", () => {
  const jobs = readManifests("Job");
  expect(jobs).toHaveLength(1);
  expect(jobs[0]?.metadata.name).toBe(`ratebook-migrate-${VERSION.replaceAll(".", "-")}`);
  expect(jobs[0]?.metadata.annotations).toEqual({
    "helm.sh/hook": "pre-install,pre-upgrade",
    "helm.sh/hook-delete-policy": "before-hook-creation",
  });
  expect(jobs[0]?.spec.template.spec.containers[0].command).toEqual(["node", "src/migrate.ts"]);
});

test("the service and the budget are those of the processes that serve", () => {
  const web = readManifests("Deployment").find(({ metadata }) => metadata.name === "ratebook-web");
  const labels = web?.spec.selector.matchLabels;
  const port = web?.spec.template.spec.containers[0].ports[0].name;
  expect(readManifests("Service").map(({ spec }) => spec)).toEqual([
    { selector: labels, ports: [{ port: 80, targetPort: port }] },
  ]);
  expect(readManifests("PodDisruptionBudget").map(({ spec }) => spec)).toEqual([
    { maxUnavailable: 1, selector: { matchLabels: labels } },
  ]);
});

test("the chart and the manifests name no setting that Ratebook does not read", async () => {
  const example = await readFile(".env.example", "utf8");
  const known = new Set([...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
  for (const { name, text } of [...chart, { name: MANIFESTS_FILE, text: manifests }]) {
    const named = [...text.matchAll(/\b(?:[A-Z]+_[A-Z_]+|(?<=- name: )[A-Z]+)\b/g)].map(([word]) => word);
    expect({ name, unknown: named.filter((word) => !known.has(word)) }).toEqual({ name, unknown: [] });
  }
});

/** The paths of all values that are no objects with names of the chart's own. */
function listPaths(values: Values, above = ""): string[] {
  const free = ["resources", "annotations"];
  return Object.entries(values).flatMap(([name, value]) => {
    const inner = z.record(z.string(), z.unknown()).safeParse(value);
    return inner.success && !free.includes(name) ? listPaths(inner.data, `${above}${name}.`) : [`${above}${name}`];
  });
}
