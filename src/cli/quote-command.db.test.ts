import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setPin } from "#/book/set-pin.ts";
import { focusHeader } from "#/cli/focus-rows.ts";
import { eventually } from "#/testing/eventually.ts";
import { openDoors } from "#/testing/open-doors.ts";
import { openTerminal } from "#/testing/open-terminal.ts";
import { ACTOR, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let terminal: ReturnType<typeof openTerminal>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-quote-"));
  world = await openSyncWorld();
  doors = await openDoors(world);
  terminal = openTerminal(await doors.listen());
  for (const [model, input, output] of [
    ["m", "0.000002", "0.00001"],
    ["n", "0.000001", "0.000004"],
  ] as const)
    await setPin(world.db, ACTOR, {
      seller: "acme",
      model,
      variant: "default",
      charges: [
        { meter: "input", unit: "token", amount: input },
        { meter: "output", unit: "token", amount: output },
      ],
      reason: "our contract",
    });
  // Written past the server, which hears of it a moment later.
  await doors.prices.refresh();
});
afterAll(async () => {
  await doors.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

let files = 0;
async function quote(text: string, ...options: string[]) {
  const file = join(folder, `usage-${(files += 1)}`);
  await writeFile(file, text);
  return terminal.ratebook("quote", file, ...options);
}
const TODAY = new Date().toISOString().slice(0, 10);

test("a CSV is quoted with totals by model and day", async () => {
  const { code, stdout, stderr } = await quote(
    "\uFEFFmodel;seller;variant;at;input;output\r\nm;acme;;;1000;100\r\nn;acme;;;1000;\r\nm;;default;;500;0\r\n",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(new RegExp(`m +${TODAY} +2 +\\$0.004\n`));
  expect(stdout).toMatch(new RegExp(`n +${TODAY} +1 +\\$0.001\n`));
  expect(stdout).toContain("Total of 3 priced lines: $0.005\n");
});

test("JSON lines may have a provider's own usage object, or a field per meter", async () => {
  const lines = [
    { model: "m", seller: "acme", usage: { prompt_tokens: 1_000, completion_tokens: 100 } },
    { model: "m", input: 1_000 },
  ];
  const { code, stdout } = await quote(lines.map((one) => JSON.stringify(one)).join("\n\n"), "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    total: "0.005",
    lines: 2,
    priced: 2,
    groups: [{ model: "m", day: TODAY, lines: 2, total: "0.005" }],
  });
});

test("a line without a price is in no total, is named, and makes the exit code 2", async () => {
  const { code, stdout, stderr } = await quote(
    "model,at,input,web_search\nm,,1000,\nm,,10,1\nm,2001-01-01T00:00:00Z,5,\nx,,5,\n",
  );
  expect(code).toBe(2);
  expect(stdout).toContain("Total of 1 priced lines: $0.002");
  expect(stderr).toContain("line 3: No price for: web_search");
  expect(stderr).toContain("line 4: No price of this seller, model and variant was known then");
  expect(stderr).toContain("3 lines of 4 could not be priced");
});

test("quotes are rows of FOCUS, one a meter; what has no price has no row and is named", async () => {
  const csv = "model,id,at,input,output,web_search\nm,a,,1000,100,\nm,b,,10,,1\nn,c,,7,,\n";
  const { code, stdout, stderr } = await quote(csv, "--format", "focus", "--billing-account", "team 7");
  expect(code).toBe(2);
  expect(stderr).toContain("line 3: No price for: web_search");
  expect(stderr).toContain("1 line of 3 could not be priced; they have no row");
  const rows = parse(stdout, { columns: true });
  expect(rows).toMatchObject([
    { x_LineId: "a", SkuMeter: "Input", BilledCost: "0.002", BillingAccountId: "team 7", ProviderName: "acme" },
    { x_LineId: "a", SkuMeter: "Output", BilledCost: "0.001" },
    { x_LineId: "c", SkuMeter: "Input", BilledCost: "0.000007", ListUnitPrice: "0.000001" },
  ]);
  const empty = await quote("model,input\n", "--format", "focus");
  expect(empty).toMatchObject({ code: 0, stdout: focusHeader() });
});

test("rows of FOCUS wait for whoever reads them", async () => {
  const file = join(folder, "usage-slow");
  await writeFile(file, `model,input\n${"m,1000\n".repeat(1_001)}`);
  const waiting: (() => void)[] = [];
  const written: string[] = [];
  const stdout = {
    write: (text: string) => {
      expect(waiting).toEqual([]);
      written.push(text);
      return false;
    },
    once: (_event: "drain", listener: () => void) => waiting.push(listener),
  };
  const ended = terminal.ratebookTo(stdout, "quote", file, "--format", "focus");
  let isOver = false;
  void ended.finally(() => (isOver = true));
  let batches = 0;
  for (;;) {
    await eventually(`batch ${batches + 1}, or the end`, async () => isOver || waiting.length === 1);
    if (isOver) break;
    batches += 1;
    expect(written).toHaveLength(batches);
    waiting.pop()?.();
  }
  expect(batches).toBeGreaterThan(2);
  expect((await ended).code).toBe(0);
  expect(parse(written.join(""), { columns: true })).toHaveLength(1_001);
});

test("an invoice is compared line by line, to the places it was billed to", async () => {
  const csv = "model,input,output,billed\nm,1000,100,0.003\nm,1000,100,0.00\nm,333,0,0.0007\nm,1000,0,0.01\n";
  const { code, stdout } = await quote(csv, "--compare", "billed", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    total: "0.008666",
    differing: 1,
    differences: [{ line: 5, quoted: "0.002", billed: "0.01", difference: "0.008" }],
    groups: [{ total: "0.008666", billed: "0.0137", difference: "0.005034" }],
  });
  expect((await quote(csv, "--compare", "billed")).stdout).toMatch(/ +5 +m +\$0.002 +\$0.01 +\+\$0.008\n/);
});

test.each([
  ["model,inputs\nm,5\n", [], 'column "inputs" is no meter'],
  ["seller,input\nacme,5\n", [], 'no column "model"'],
  ["model,input,input\nm,5,5\n", [], 'column "input" twice'],
  ["model,input\nm,5\n", ["--compare", "billed"], 'no column "billed"'],
  ["model,input\nm,5,6\n", [], "can't be read"],
  ['{"model":"m"}\n[]\n', [], "line 2: not a JSON object"],
  ["", [], "empty"],
  ["model,input\nm,5\n", ["--format", "focus", "--json"], "leave --json and --compare out"],
  ["", ["--format", "focus"], "empty"],
])("what can't be read is refused in words: %j %j", async (text, options, words) => {
  expect(await quote(text, ...options)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(words) });
});

test("a file of many batches is quoted in full and in order", async () => {
  const rows = Array.from({ length: 9_001 }, (_, i) => `m,${i % 7 === 0 ? "x" : 1_000}`);
  const { code, stdout } = await quote(`model,input\n${rows.join("\n")}\n`, "--json");
  const bad = rows.filter((row) => row.endsWith("x")).length;
  expect(code).toBe(2);
  const answer = JSON.parse(stdout) as { errors: number; priced: number; problems: { line: number }[] };
  expect(answer).toMatchObject({ errors: bad, priced: rows.length - bad });
  expect(answer.problems.slice(0, 3).map(({ line }) => line)).toEqual([2, 9, 16]);
});
