import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import {
  CHART_FOLDER,
  describeManifests,
  findValueFaults,
  MANIFESTS_FILE,
  mergeValues,
  readChart,
  readDefaultValues,
  type Values,
} from "#/testing/helm-chart.ts";
import { findManifestFaults } from "#/testing/manifest-faults.ts";

// `npm run try:chart`: renders the Helm chart for several sets of values, without Helm but in its own template language, holds what
// comes of it against the schemas of Kubernetes, and against deploy/kubernetes.yaml. With `-- --write` it writes that file anew.
const INSTALL = "apt-get install golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev";

/** In the order in which kubectl creates them. */
const KINDS = ["Job", "Service", "PodDisruptionBudget", "Deployment", "Ingress"];

type Try = Readonly<{
  name: string;
  release?: string;
  values: Values;
  /** Texts that have to be in what is rendered. */
  has?: readonly string[];
  lacks?: readonly string[];
  /** What the rendering fails with instead. */
  refused?: RegExp;
}>;
/** The texts of the templates by their file names; empty ones are left out. */
type Rendered = Readonly<Record<string, string>>;

const renderedFiles = z.record(z.string(), z.string());

const PUBLIC_URL = "https://prices.example.com";
const TRIES: readonly Try[] = [
  { name: "the default values", values: {}, lacks: ["kind: Ingress", "PUBLIC_URL", "imagePullSecrets"] },
  {
    name: "an ingress of the cluster's default class",
    values: { publicUrl: PUBLIC_URL, ingress: { enabled: true } },
    has: ["kind: Ingress", "- host: prices.example.com\n", `value: "${PUBLIC_URL}"`],
    lacks: ["ingressClassName", "tls:", "annotations:\n    {}"],
  },
  {
    name: "an ingress with a class, annotations and a certificate",
    values: {
      publicUrl: `${PUBLIC_URL}:8443/`,
      ingress: {
        enabled: true,
        className: "nginx",
        annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
        tlsSecret: "prices-tls",
      },
    },
    has: [
      "ingressClassName: nginx\n",
      "- secretName: prices-tls\n",
      "- host: prices.example.com\n",
      "cert-manager.io/cluster-issuer: letsencrypt\n",
    ],
  },
  {
    name: "another release with many processes, more time to stop, another secret and a private registry",
    release: "ratebook-of-the-platform-team",
    values: {
      image: { repository: "registry.example.com:5000/team/ratebook", tag: "v1.2_rc.3-", pullSecrets: ["registry"] },
      existingSecret: "pricing",
      drainSeconds: 600,
      web: { replicas: 12, resources: { requests: null, limits: null } },
      worker: { replicas: 3, resources: { requests: { cpu: 2 }, limits: { cpu: 2.5 } } },
    },
    has: [
      "replicas: 12\n",
      "replicas: 3\n",
      "terminationGracePeriodSeconds: 620\n",
      'value: "600"\n',
      "- name: registry\n",
      "name: pricing\n",
      'image: "registry.example.com:5000/team/ratebook:v1.2_rc.3-"\n',
      "name: ratebook-of-the-platform-team-migrate-v1-2-rc-3\n",
      "cpu: 2.5\n",
    ],
    lacks: ["cpu: 250m"],
  },
  { name: "an ingress without an address", values: { ingress: { enabled: true } }, refused: /Set publicUrl/ },
];

const defaults = await readDefaultValues();
const folder = await mkdtemp(join(tmpdir(), "ratebook-chart-"));
try {
  const program = buildRenderer(folder);
  if (program !== undefined) await tryAll(program);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The program that renders, made from its Go source; says what to install when that can't be done here. */
function buildRenderer(target: string): string | undefined {
  const program = join(target, "render-chart");
  const { status, stderr, error } = spawnSync("go", ["build", "-o", program, "src/testing/render-chart/main.go"], {
    encoding: "utf8",
    // Debian's packages of Go sources, and nothing from the network.
    env: { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" },
  });
  if (error === undefined && status === 0) return program;
  fail(`The chart can't be rendered here: ${error === undefined ? stderr : "Go is not installed"}`);
  say(`On Debian or Ubuntu, install what it takes with: ${INSTALL}`);
  return undefined;
}

async function tryAll(program: string): Promise<void> {
  const seen = new Set<string>();
  for (const one of TRIES) {
    const { rendered, faults } = await tryOne(program, one);
    for (const name of Object.keys(rendered)) seen.add(name);
    say(`${faults.length === 0 ? "ok  " : "FAIL"} ${one.name}: ${describe(rendered, one)}`);
    for (const fault of faults) fail(`     ${fault}`);
  }
  for (const { name } of await readChart()) {
    if (/^templates\/[^_]/.test(name) && !seen.has(basename(name))) fail(`FAIL no set of values renders ${name}`);
  }
  if (process.exitCode === undefined) await compareManifests(joinManifests(render(program, {}).rendered));
}

async function tryOne(program: string, one: Try): Promise<{ rendered: Rendered; faults: string[] }> {
  const faults = await findValueFaults(mergeValues(defaults, one.values));
  const { rendered, error } = render(program, one);
  if (error !== undefined)
    return { rendered, faults: one.refused?.test(error) === true ? faults : [...faults, error.trim()] };
  if (one.refused !== undefined) faults.push(`It is rendered, and should fail with ${one.refused}`);
  const text = joinManifests(rendered);
  for (const part of one.has ?? []) if (!text.includes(part)) faults.push(`It lacks ${JSON.stringify(part)}`);
  for (const part of one.lacks ?? []) if (text.includes(part)) faults.push(`It has ${JSON.stringify(part)}`);
  return { rendered, faults: [...faults, ...findManifestFaults(text)] };
}

function render(program: string, { release = "ratebook", values = {} }: Partial<Try>) {
  const { stdout, stderr, status } = spawnSync(program, [CHART_FOLDER], {
    encoding: "utf8",
    input: JSON.stringify({
      Release: { Name: release, Namespace: "default", Service: "Helm" },
      Values: mergeValues(defaults, values),
    }),
  });
  if (status !== 0) return { rendered: {}, error: stderr };
  const files = Object.entries(renderedFiles.parse(JSON.parse(stdout)));
  return { rendered: Object.fromEntries(files.filter(([, text]) => text.trim() !== "")), error: undefined };
}

/** One text with all manifests, in the form that Helm prints them. */
function joinManifests(rendered: Rendered): string {
  return Object.entries(rendered)
    .filter(([name]) => name.endsWith(".yaml"))
    .toSorted(([one, a], [other, b]) => rankKind(a) - rankKind(b) || one.localeCompare(other))
    .map(([name, text]) => `---\n# Source: ratebook/templates/${name}\n${text.trim()}\n`)
    .join("");
}

function rankKind(text: string): number {
  return KINDS.indexOf(/^kind: (\w+)$/m.exec(text)?.[1] ?? "");
}

function describe(rendered: Rendered, { refused }: Try): string {
  if (refused !== undefined) return "refused";
  const kinds = Object.values(rendered).flatMap((text) => /^kind: (\w+)$/m.exec(text)?.[1] ?? []);
  return `${kinds.length} manifests (${[...new Set(kinds)].toSorted().join(", ")})`;
}

async function compareManifests(manifests: string): Promise<void> {
  const wanted = (await describeManifests(manifests)) + manifests;
  if (process.argv.includes("--write")) {
    await writeFile(MANIFESTS_FILE, wanted);
    say(`${MANIFESTS_FILE} is written`);
  } else if ((await readFile(MANIFESTS_FILE, "utf8")) === wanted) {
    say(`ok   ${MANIFESTS_FILE} is the chart with its default values`);
  } else {
    fail(`FAIL ${MANIFESTS_FILE} is not what the chart renders. Write it anew with: npm run try:chart -- --write`);
  }
}

function fail(line: string): void {
  say(line);
  process.exitCode = 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
