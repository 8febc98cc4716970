import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkDisk, checkNode, checkPort, checkPublicUrl } from "#/platform/check-machine.ts";

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

const ratebook: RequestListener = (_request, response) => void response.end('{"status":"alive"}');
const other: RequestListener = (_request, response) => void response.end("It works!");

test("a port is good when it is free or a Ratebook has it, and not when another program does", async () => {
  const host = "127.0.0.1";
  expect(await checkPort({ host, port: 0 })).toMatchObject({ passed: true });
  expect(await checkPort({ host, port: await listen(ratebook) })).toMatchObject({
    passed: true,
    words: expect.stringContaining("a Ratebook listens"),
  });
  expect(await checkPort({ host, port: await listen(other) })).toMatchObject({
    passed: false,
    words: expect.stringMatching(/in use by another program.*set PORT/),
  });
  expect(await checkPort({ host: "192.0.2.1", port: 0 })).toMatchObject({
    passed: false,
    words: expect.stringContaining("EADDRNOTAVAIL"),
  });
});

test("a public address has to lead to Ratebook, and to be encrypted off this machine", async () => {
  expect(await checkPublicUrl(undefined)).toMatchObject({ passed: true });
  expect(await checkPublicUrl(`http://127.0.0.1:${await listen(ratebook)}`)).toMatchObject({ passed: true });
  expect(await checkPublicUrl(`http://127.0.0.1:${await listen(other)}`)).toMatchObject({
    passed: false,
    words: expect.stringContaining("not as Ratebook does"),
  });
  expect(await checkPublicUrl("http://127.0.0.1:1")).toMatchObject({
    passed: false,
    words: expect.stringContaining("does not lead to Ratebook from here"),
  });
  expect(await checkPublicUrl("http://prices.example")).toMatchObject({
    passed: false,
    words: expect.stringMatching(/unencrypted.*https/),
  });
});

test("a Node that is too old and a disk that is nearly full are told with what to do", async () => {
  expect(checkNode("22.18.0").passed).toBe(true);
  expect(checkNode("24.1.0").passed).toBe(true);
  expect(checkNode("22.17.9")).toMatchObject({ passed: false, words: expect.stringContaining("Node 24") });
  const folder = join(tmpdir(), "not", "there");
  expect(await checkDisk(folder, 0)).toMatchObject({ passed: true });
  expect(await checkDisk(folder, Number.MAX_SAFE_INTEGER)).toMatchObject({
    passed: false,
    words: expect.stringMatching(/Only .* GB are free for .*RATEBOOK_DATA_DIR/),
  });
});
