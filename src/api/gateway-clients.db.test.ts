import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { parseFeed } from "@rowanmanning/feed-parser";
import { calcPrice, updatePrices, waitForUpdate } from "@pydantic/genai-prices";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CATALOGUE_DOCUMENTS } from "#/testing/catalogue-documents.ts";
import { bifrostKey, getAddress, loadAsBifrost, loadAsLitellm, loadAsOpencode } from "#/testing/gateway-loaders.ts";
import { openExports } from "#/testing/open-exports.ts";
import { GATEWAY_CLIENTS } from "#/ui/gateways/clients.model.ts";

let opened: Awaited<ReturnType<typeof openExports>>;
let folder: string;

beforeAll(async () => {
  opened = await openExports();
  folder = await mkdtemp(join(tmpdir(), "ratebook-clients-"));
  // So that the lines are run as they stand, and say what they were answered.
  await writeFile(
    join(folder, ".curlrc"),
    'silent\nshow-error\nfail\nwrite-out = "%{http_code} %{size_download}\\n"\n',
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await opened.close();
});

const withKey = (lines: string) => lines.replaceAll("KEY", opened.viewerKey);

/** What the page shows for a client, with this server and a key. */
function linesOf(name: string): string {
  const client = GATEWAY_CLIENTS.find((one) => one.name === name);
  if (client === undefined) throw new Error(`The page Gateways has no client ${name}`);
  return withKey(client.lines(opened.url));
}

/** Runs lines as a shell does, in a folder of the test's own; answers what they print. */
async function runShell(lines: string): Promise<string> {
  const env = { ...process.env, HOME: folder, CURL_HOME: folder };
  const { stdout } = await promisify(execFile)("/bin/sh", ["-ec", lines], { cwd: folder, env });
  return stdout;
}

async function runCurl(lines: string): Promise<string> {
  await runShell("command -v curl").catch(() => {
    throw new Error("curl is not on this machine: install it, since the lines for it are run as they stand");
  });
  return runShell(lines);
}

const original = JSON.parse(CATALOGUE_DOCUMENTS.litellm) as Record<string, Record<string, unknown>>;

const TRIALS: Readonly<Record<string, () => Promise<void>>> = {
  async LiteLLM() {
    const address = await runShell(`${linesOf("LiteLLM")}\nprintf %s "$LITELLM_MODEL_COST_MAP_URL"`);
    expect(await loadAsLitellm(address, Object.keys(original).length)).toEqual(original);
    await expect(loadAsLitellm(address, 100)).rejects.toThrow("shrunk");
  },
  async Bifrost() {
    const config = JSON.parse(linesOf("Bifrost")) as { framework: { pricing: { pricing_url: string } } };
    const { pricing_url: address } = config.framework.pricing;
    const prices = await loadAsBifrost(address);
    expect(prices.get(bifrostKey("plain", "acme", "chat"))).toMatchObject(original["acme/plain"] ?? {});
    expect(prices.get(bifrostKey("searching", "acme", "chat"))).toMatchObject({ input_cost_per_token: 3e-6 });
    // As the map is without `add=provider`, Bifrost refuses it whole.
    await expect(loadAsBifrost(address.replace("?add=provider", ""))).rejects.toThrow("refused: max_input_tokens");
  },
  async "opencode and other readers of models.dev"() {
    const lines = linesOf("opencode and other readers of models.dev");
    const address = await runShell(`${lines}\nprintf %s "$OPENCODE_MODELS_URL"`);
    expect(await loadAsOpencode(address)).toEqual(JSON.parse(CATALOGUE_DOCUMENTS["models-dev"]));
  },
  async "genai-prices"() {
    runInNewContext(linesOf("genai-prices"), { fetch, updatePrices });
    await waitForUpdate();
    const usage = { input_tokens: 1_000, output_tokens: 100 };
    expect(calcPrice(usage, "plain-text", { providerId: "acme" })?.total_price).toBeCloseTo(0.0045, 12);
  },
  async "Readers of OpenRouter’s list of models"() {
    const text = await getAddress(linesOf("Readers of OpenRouter’s list of models"), 10_000);
    expect(JSON.parse(text)).toEqual(JSON.parse(CATALOGUE_DOCUMENTS.openrouter));
  },
  async "Readers of feeds"() {
    const { items } = parseFeed(await getAddress(linesOf("Readers of feeds"), 10_000));
    expect(items.map(({ title }) => title)).toContain("New price: plain at acme");
  },
  async curl() {
    expect(await runCurl(linesOf("curl"))).toMatch(/^200 [1-9]/);
    const file = join(folder, "prices.csv");
    const csv = await readFile(file, "utf8");
    expect(csv).toContain("acme");
    const { mtimeMs } = await stat(file);
    // Asked again as it stands: nothing is sent, and what is there stays.
    expect(await runCurl(linesOf("curl"))).toBe("304 0\n");
    expect(await runCurl(linesOf("curl"))).toBe("304 0\n");
    expect(await readFile(file, "utf8")).toBe(csv);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  },
};

test.each(Object.keys(TRIALS))("%s loads its prices with the lines that the page shows", (name) => TRIALS[name]?.());

test("every client on the page is tried", () => {
  expect(Object.keys(TRIALS)).toEqual(GATEWAY_CLIENTS.map(({ name }) => name));
});

test("a reader of models.dev takes the file that curl saves, by the lines of the document", async () => {
  const document = await readFile("docs/gateways.md", "utf8");
  const block = /```sh\n(curl [^`]*OPENCODE_MODELS_PATH[^`]*)```/.exec(document)?.[1];
  if (block === undefined) throw new Error("docs/gateways.md has no lines that set OPENCODE_MODELS_PATH");
  const lines = withKey(block.replace("https://prices.example.com", opened.url));
  const said = await runCurl(`${lines}\nprintf %s "$OPENCODE_MODELS_PATH"`);
  expect(said).toMatch(/^200 \d+\nmodels.json$/);
  expect(await readFile(join(folder, "models.json"), "utf8")).toBe(CATALOGUE_DOCUMENTS["models-dev"]);
});
