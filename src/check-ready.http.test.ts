import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "#/testing/pack-package.ts";

let status = 200;
const asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  asked.push(request.url);
  response.writeHead(status).end("words");
});
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => server.close());

function check(env: Readonly<Record<string, string>>) {
  return run("node", ["src/check-ready.ts"], { cwd: ".", env });
}

test("a container is healthy exactly when the process in it is ready, whatever its role", async () => {
  const port = String((server.address() as AddressInfo).port);
  for (const env of [{ PORT: port }, { PORT: port, HOST: "0.0.0.0" }, { ROLE: "worker", METRICS_PORT: port }]) {
    status = 200;
    expect(await check(env)).toMatchObject({ code: 0, stdout: "200 words\n" });
    status = 503;
    expect(await check(env)).toMatchObject({ code: 1, stdout: "503 words\n" });
  }
  expect(new Set(asked)).toEqual(new Set(["/readyz"]));
});

test("a container is not healthy when nothing answers, or when nobody can be asked", async () => {
  expect((await check({ PORT: "1" })).code).toBe(1);
  const worker = await check({ ROLE: "worker", METRICS_PORT: "" });
  expect(worker).toMatchObject({ code: 1, stderr: expect.stringContaining("METRICS_PORT is not set") });
});
