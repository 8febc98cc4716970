import { spawn } from "node:child_process";
import { once } from "node:events";
import { FEEDS } from "#/market/feed.ts";
import { STACK_KEY } from "#/testing/open-stack.ts";
import { expect, test } from "./fixtures.ts";

test.afterEach(async ({ market }) => market.clearFaults());

async function ratebook(
  url: string,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, RATEBOOK_URL: url, RATEBOOK_API_KEY: STACK_KEY };
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], { env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

test("a script that waits for a sync learns the truth from its exit code", async ({ stack, api: _ready, market }) => {
  const good = await ratebook(stack.url, "sync", "--wait", "--json");
  expect(good.code).toBe(0);
  expect(JSON.parse(good.stdout)).toMatchObject({
    status: "success",
    log: FEEDS.map(() => ({ outcome: "unchanged" })),
  });

  await market.setFault({ feed: "litellm", kind: "status", status: 404, times: 1 });
  expect((await ratebook(stack.url, "sync", "--wait")).code).toBe(2);
  await market.setFault({ feed: "litellm", kind: "status", status: 404, times: 1 });
  const failed = await ratebook(stack.url, "sync", "--source", "market-litellm", "--wait");
  expect(failed.code).toBe(1);
  expect(failed.stdout).toContain("answered 404");

  const nobody = await ratebook("http://127.0.0.1:9", "sync", "--wait");
  expect(nobody.code).toBe(3);
  expect(nobody.stderr).toContain("Can't reach http://127.0.0.1:9");
});

test("a script looks up an exact price, now and at a past instant", async ({ stack, api, market }) => {
  const model = "claude-sonnet-5";
  await market.setPrice({ model: `anthropic/${model}`, meter: "output", usdPerMillion: "14.123456789" });
  await api.sync();
  const between = new Date().toISOString();
  await market.setPrice({ model: `anthropic/${model}`, meter: "output", usdPerMillion: "15" });
  await api.sync();
  const lookUp = async (...at: string[]) => {
    const { code, stdout } = await ratebook(
      stack.url,
      "prices",
      "get",
      model,
      "--seller",
      "anthropic",
      "--source",
      "market-litellm",
      "--variant",
      "default",
      "--json",
      ...at,
    );
    expect(code).toBe(0);
    const { offers }: { offers: { charges: { meter: string; amount: string; tier?: unknown }[] }[] } =
      JSON.parse(stdout);
    return offers[0]?.charges.find((charge) => charge.meter === "output" && charge.tier === undefined)?.amount;
  };
  expect(await lookUp()).toBe("0.000015");
  expect(await lookUp("--at", between)).toBe("0.000014123456789");
});
