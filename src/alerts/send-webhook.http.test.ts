import { createServer, type Server } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendWebhook } from "#/alerts/send-webhook.ts";

let server: Server;
let port: number;
let requests = 0;

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    requests += 1;
    if (url === "/flood") for (let part = 0; part < 100; part += 1) response.write("x".repeat(100_000));
    if (url !== "/silent") response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const post = { headers: {}, text: "{}" };
const resolveTo =
  (...addresses: string[]): LookupFunction =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );

test.each([
  ["a name that leads to this machine", ["127.0.0.1"]],
  ["a name that leads to a cloud's metadata", ["169.254.169.254"]],
  ["a name with one private address among public ones", ["93.184.216.34", "10.0.0.8"]],
])("%s is not connected to", async (_what, addresses) => {
  const before = requests;
  const url = `http://hooks.example:${port}/`;
  const outcome = await sendWebhook({ ...post, url, allowPrivateNetwork: false }, { resolve: resolveTo(...addresses) });
  expect(outcome).toMatchObject({
    status: null,
    error: expect.stringContaining("not an address on the public network"),
  });
  expect(requests).toBe(before);
});

test("an address that was stored before private networks were forbidden is not connected to", async () => {
  const outcome = await sendWebhook({ ...post, url: `http://127.0.0.1:${port}/`, allowPrivateNetwork: false });
  expect(outcome.error).toContain("public network");
});

test("the name is resolved once, so that a second answer can't lead elsewhere", async () => {
  const answers = ["93.184.216.34", "127.0.0.1"];
  const resolve: LookupFunction = (_name, _options, callback) =>
    callback(null, [{ address: answers.shift() ?? "127.0.0.1", family: 4 }]);
  const asked: string[] = [];
  await sendWebhook(
    { ...post, url: `http://hooks.example:${port}/`, allowPrivateNetwork: false, timeoutMs: 300 },
    { resolve, isAllowed: (address) => asked.push(address) > 0 && address === "93.184.216.34" },
  );
  expect(asked).toEqual(["93.184.216.34"]);
});

test("a receiver that never answers is given up in time, and one that floods is not read", async () => {
  const slow = await sendWebhook({
    ...post,
    url: `http://127.0.0.1:${port}/silent`,
    allowPrivateNetwork: true,
    timeoutMs: 200,
  });
  expect(slow).toMatchObject({ status: null, error: expect.stringContaining("did not answer within 0.2 seconds") });
  const flood = await sendWebhook({ ...post, url: `http://127.0.0.1:${port}/flood`, allowPrivateNetwork: true });
  expect(flood).toMatchObject({ status: 200, error: null });
  const nobody = await sendWebhook({ ...post, url: "http://127.0.0.1:1/", allowPrivateNetwork: true });
  expect(nobody.error).toContain("ECONNREFUSED");
});
