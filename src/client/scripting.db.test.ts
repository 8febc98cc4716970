import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indexSellers } from "#/price/sellers.ts";
import { DOORS_KEY, openDoors } from "#/testing/open-doors.ts";
import { nameSecrets } from "#/testing/find-secrets.ts";
import { openPackedProject, readExamples, run } from "#/testing/pack-package.ts";
import { fetched, openGate, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";
import { VERSION } from "#/terms/version.ts";

const MODEL = "openai/gpt-5";
const PLAIN = ["0.000001", "0.000004"] as const;
const DEAR = ["0.0009", "0.0036"] as const;
// No program listens there, and fetch does not refuse the port itself.
const NOBODY = "http://127.0.0.1:2";
/** Everything that may be in the tarball: no test, no fixture, no screenshot and no setting has a place there. */
const PACKED = [
  /^(?:LICENSE|README\.md|package\.json)$/,
  /^docs\/scripting\.md$/,
  /^dist\/(?:[a-z-]+\.js|LICENSES\.txt)$/,
  /^dist\/types\/[a-z-]+\.d\.ts$/,
];

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let packed: Awaited<ReturnType<typeof openPackedProject>>;
let examples: Awaited<ReturnType<typeof readExamples>>;
let tracing: Awaited<ReturnType<typeof readExamples>>;
let env: Record<string, string>;
let price: readonly [string, string] = PLAIN;
let gate: ReturnType<typeof openGate> | undefined;
const tried = new Set<string>();

beforeAll(async () => {
  [world, packed, examples, tracing] = await Promise.all([
    openSyncWorld(),
    openPackedProject(),
    readExamples("docs/scripting.md"),
    readExamples("docs/tracing-costs.md"),
  ]);
  doors = await openDoors(world);
  env = { RATEBOOK_URL: await doors.listen(), RATEBOOK_API_KEY: DOORS_KEY };
  await world.addSource("mine", async ({ signal }) => {
    await gate?.wait(signal);
    return fetched(openrouterDocument({ [MODEL]: price }));
  });
  await world.startWorker();
  for (const [name, text] of [...examples.programs, ...tracing.programs])
    await writeFile(join(packed.project, name), text);
}, 120_000);
afterAll(async () => {
  await doors.close();
  await world.close();
  await packed.close();
});

/** Runs one of the document's programs in the project that the package is installed in. */
function example(
  name: string,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
  onStderr: () => void = () => {},
) {
  expect([...examples.programs.keys(), ...tracing.programs.keys()]).toContain(name);
  tried.add(name);
  return run("node", [name, ...args], { cwd: packed.project, env: { ...env, ...more }, onStderr });
}

const shell = (line: string) => run("sh", ["-c", line], { cwd: packed.project, env });

async function sync(wanted: readonly [string, string]): Promise<void> {
  price = wanted;
  await world.ended((await world.trigger({})).jobId);
}

async function firstHold(): Promise<string> {
  const { code, stdout } = await example("holds.js");
  expect(code).toBe(0);
  return /^(\d+) openrouter openai\/gpt-5 BOUND\+JUMP: \S/.exec(stdout)?.[1] ?? stdout;
}

test("the package that is installed holds the client, the command and nothing of the server", async () => {
  const { stdout } = await shell(
    "ls -A node_modules && cat node_modules/ratebook/package.json && ls node_modules/.bin",
  );
  expect(stdout).toMatch(/^\.bin\n\.package-lock\.json\nratebook\n/);
  expect(stdout).not.toMatch(/"(dependencies|devDependencies|scripts|imports)"/);
  expect(stdout).toMatch(/"private": true/);
  const kept = await readFile(join(packed.checkout, "package.json"), "utf8");
  expect(kept).toBe(await readFile("package.json", "utf8"));
});

test("the tarball holds only files from the list, without a secret or a path of the machine that packed it", async () => {
  const folder = await unpack();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => relative(folder, file));
  expect(names.filter((name) => !PACKED.some((allowed) => allowed.test(name)))).toEqual([]);
  for (const allowed of PACKED) expect(names, `${allowed}`).toContainEqual(expect.stringMatching(allowed));
  for (const file of files) {
    const text = await readFile(file, "utf8");
    expect(nameSecrets(text), file).toEqual([]);
    for (const path of [packed.checkout, process.cwd()])
      expect(text.includes(path), `${file} names ${path}`).toBe(false);
  }
});

test("the command starts from the unpacked tarball alone, with nothing installed and no setting", async () => {
  const script = join(await unpack(), "dist", "cli.js");
  const ran = await run("env", ["-i", process.execPath, script, "--version"], { cwd: packed.project });
  expect(ran).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
});

/** Unpacks the tarball into an empty folder; answers the folder of the package. */
async function unpack(): Promise<string> {
  const folder = await mkdtemp(join(packed.checkout, "..", "unpacked-"));
  const tar = await run("tar", ["-xzf", packed.tarball, "-C", folder], { cwd: packed.checkout });
  expect(tar).toMatchObject({ code: 0, stderr: "" });
  return join(folder, "package");
}

test("a script triggers a sync and waits, and its exit code tells the truth", async () => {
  const good = await example("sync.js");
  expect(good).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/Queued.*\n[^]*sync [0-9a-f-]{36}: success\n$/),
  });
  await world.addSource("broken", () => fetched("<html>"));
  expect(await example("sync.js")).toMatchObject({ code: 2, stdout: expect.stringMatching(/: partial\n$/) });
  const refused = await example("sync.js", [], { RATEBOOK_API_KEY: "no-key-of-this-server" });
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("RatebookError: The server does not accept this API key"),
  });
  expect(refused.stderr).not.toContain("no-key-of-this-server");
  world.answers.set("broken", () => fetched(openrouterDocument({ "openai/other": PLAIN })));
});

test("a script looks a price up, now and at an instant, and gets exact decimals", async () => {
  await sync(PLAIN);
  const before = new Date().toISOString();
  await sync(["0.0000012", "0.000004"]);
  const now = await example("price.js", [MODEL]);
  expect(now).toMatchObject({
    code: 0,
    stdout: "openrouter default input: 0.0000012 USD per token\nopenrouter default output: 0.000004 USD per token\n",
  });
  expect((await example("price.js", [MODEL, before])).stdout).toContain("input: 0.000001 USD");
  expect(await example("price.js", ["openai/nothing"])).toMatchObject({ code: 1, stdout: "" });
});

test("a script asks what a request costs, and learns when nobody knows", async () => {
  expect(await example("quote.js", [MODEL, "1000", "200"])).toMatchObject({
    code: 0,
    stdout: "input: 1000 x 0.0000012 = 0.0012 USD\noutput: 200 x 0.000004 = 0.0008 USD\ntotal: 0.002\n",
  });
  expect(await example("quote.js", ["openai/nothing", "1", "1"])).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("total: unknown"),
  });
});

test("a span's tokens become its cost, each counted once, and a cost that nobody knows is none", async () => {
  const ask = async (more: Readonly<Record<string, unknown>>) => {
    const span = { "gen_ai.provider.name": "openrouter", "gen_ai.request.model": MODEL, ...more };
    const { code, stdout, stderr } = await example("trace.js", [JSON.stringify(span)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as unknown;
  };
  const tokens = {
    "gen_ai.response.model": "openai/gpt-5-2026-08-01",
    "gen_ai.usage.input_tokens": 1_000,
    "gen_ai.usage.cache_read.input_tokens": 400,
    "gen_ai.usage.output_tokens": 200,
    "gen_ai.usage.reasoning.output_tokens": 50,
  };
  expect(await ask(tokens)).toEqual({
    "ratebook.cost.amount": "0.002",
    "ratebook.cost.currency": "USD",
    "ratebook.book.version": expect.stringMatching(/^\d+$/),
  });
  expect(await ask({ ...tokens, "gen_ai.request.model": "openai/nothing" })).toEqual({
    "ratebook.cost.problem": "No price of this seller, model and variant is in force",
  });
  for (const line of tracing.lines) expect(await shell(line), line).toMatchObject({ code: 0, stderr: "" });
});

test("every provider that the document calls otherwise is a seller's identity", () => {
  const { identityOf } = indexSellers();
  const text = tracing.programs.get("trace.js") ?? "";
  const names = [...(/const SELLERS = \{([^}]*)\}/.exec(text)?.[1] ?? "").matchAll(/: "([a-z]+)"/g)].map(
    ([, id = ""]) => id,
  );
  expect(names).toHaveLength(7);
  for (const id of names) expect(identityOf(id)).toBe(id);
});

test("a script watches live, goes on after a cut without losing or repeating an event, and ends when it unsubscribes", async () => {
  tried.add("watch.js");
  const child = spawn(process.execPath, ["watch.js"], { cwd: packed.project, env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await expect.poll(() => stderr, { timeout: 5_000 }).toBe("connected\n");
  gate = openGate();
  const { jobId } = await world.trigger({});
  await expect.poll(() => stdout, { timeout: 5_000 }).toContain("started");
  doors.app.server.closeAllConnections();
  await expect.poll(() => stderr, { timeout: 5_000 }).toContain("connecting again\n");
  gate.open();
  await world.ended(jobId);
  await expect.poll(() => stdout, { timeout: 10_000 }).toContain(`${jobId} Success`);
  gate = undefined;
  const ids = stdout
    .trim()
    .split("\n")
    .map((line) => Number(line.split(" ")[0]));
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  expect(stdout.match(/started/g)).toHaveLength(1);
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(0);
});

test("a script that watches is refused in words when its key is wrong", async () => {
  const { code, stderr } = await example("watch.js", [], { RATEBOOK_API_KEY: "" });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "The server wants an API key\n" });
});

test("a script lists what is held, and approves it with a reason, once", async () => {
  await sync(DEAR);
  const id = await firstHold();
  const approved = await example("approve.js", [id, "checked on the seller's page"]);
  expect(approved).toMatchObject({ code: 0, stdout: `hold ${id} is in force\n` });
  expect((await example("price.js", [MODEL])).stdout).toContain("input: 0.0009 USD");
  expect((await example("approve.js", [id, "a second time"])).code).toBe(1);
  expect((await example("approve.js", [id, ""])).stderr).toContain("RatebookError: reason: ");
});

test("a script fetches an export again only when it has changed", async () => {
  expect(await example("export.js")).toMatchObject({ code: 0, stdout: expect.stringContaining("written, as of 20") });
  expect(await readFile(join(packed.project, "prices.json"), "utf8")).toContain("0.0009");
  expect((await example("export.js")).stdout).toBe("unchanged\n");
  await sync(PLAIN);
  expect((await example("export.js")).stdout).toContain("written");
  expect(await example("export.js", [], { RATEBOOK_API_KEY: "wrong" })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("HTTP 401: Sign in"),
  });
});

test("a script keeps a copy of the prices, and asks it what a request costs", async () => {
  expect(await example("replica.js", ["openrouter", MODEL])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^priced since version \d+ or earlier\n0\.\d+ USD\n$/),
  });
  const unknown = await example("replica.js", ["nobody", "nothing"]);
  expect(unknown.stdout).toMatch(/^no price\nNo price of this seller/);
});

test("a script waits while the server is busy, and says in words that there is none", async () => {
  gate = openGate();
  const { jobId } = await world.trigger({});
  const [waiting, away, refused] = await Promise.all([
    example("careful.js", [], {}, () => gate?.open()),
    example("careful.js", [], { RATEBOOK_URL: NOBODY }),
    example("careful.js", [], { RATEBOOK_API_KEY: "wrong" }),
  ]);
  gate = undefined;
  await world.ended(jobId);
  expect(waiting).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^queued as [0-9a-f-]{36}\n$/),
    stderr: expect.stringMatching(/nothing was queued \(request .+\)\n/),
  });
  const noServer = `Can't reach ${NOBODY}: the connection was refused. Is the server running?\n`;
  expect(away).toMatchObject({ code: 3, stderr: noServer });
  expect(refused).toMatchObject({ code: 1, stderr: "The server does not accept this API key\n" });
});

test.each(["nodenext", "bundler"])(
  "types are complete with moduleResolution %s, and find mistakes",
  async (resolution) => {
    const wrong = `${examples.programs.get("sellers.ts") ?? ""}
const { jobId } = await ratebook.syncs.trigger.mutate({ ifBusy: "sometimes" });
ratebook.syncs.watch.subscribe({ jobId }, { onData: ({ data }) => data.data.massage });
`;
    await writeFile(join(packed.project, "wrong.ts"), wrong);
    const module = resolution === "bundler" ? "esnext" : resolution;
    const types = join(packed.checkout, "node_modules", "@types");
    const options = [
      "--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --skipLibCheck false --types node",
      `--target es2022 --module ${module} --moduleResolution ${resolution}`,
    ].flatMap((line) => line.split(" "));
    const files = ["sellers.ts", "wrong.ts"];
    const { stdout } = await run("tsc", [...options, "--typeRoots", types, ...files], { cwd: packed.project });
    expect(stdout.match(/^\S+\.ts\(\d+/gm)).toEqual(["wrong.ts(16", "wrong.ts(17"]);
    expect(stdout).toMatch(/"sometimes"[^]*'massage'/);
  },
);

test("the TypeScript example runs as it is", async () => {
  const { code, stdout } = await example("sellers.ts");
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^openrouter: input .* says mine/) });
});

test("the document's lines for a shell do what they say", async () => {
  const [pack, install, ...rest] = examples.lines;
  expect([pack, install]).toEqual(["npm pack", `npm install ./${packed.tarball}`]);
  for (const line of rest) expect(await shell(line), line).toMatchObject({ code: 0, stderr: "" });
  expect((await shell("npx --no-install ratebook --help")).stdout).toContain(
    "Keeps an LLM gateway's model prices true",
  );
  expect(await shell("npx --no-install ratebook sync --wait")).toMatchObject({ code: 0 });
});

test("every example of the documents has been run", () => {
  expect([...examples.others, ...tracing.others]).toEqual([]);
  expect([...examples.programs.keys(), ...tracing.programs.keys()].filter((name) => !tried.has(name))).toEqual([]);
});
