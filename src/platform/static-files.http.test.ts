import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installCompression } from "#/platform/compress-answers.ts";
import { createHttp } from "#/platform/http.ts";
import { createLog } from "#/platform/log.ts";
import { installStaticFiles, packStaticFiles } from "#/platform/static-files.ts";

const SCRIPT = "console.log('the same line, again and again');\n".repeat(200);
const PICTURE = Buffer.from([0, 1, 2, 3]);
const UNPACK = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  identity: (bytes: Buffer) => bytes,
} as const;

const app = createHttp(createLog("silent"), { isBehindProxy: false });
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-static-"));
  await mkdir(join(folder, "chunks"));
  await writeFile(join(folder, "chunks", "one.4f2a.js"), SCRIPT);
  await writeFile(join(folder, "picture.77aa.ico"), PICTURE);
  await packStaticFiles(folder);
  await installCompression(app);
  await installStaticFiles(app, { folder, prefix: "/files/" });
  app.get("/*", (_request, reply) => reply.code(404).send("no such page"));
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** With no header that it is not told of, as `fetch` would add some. */
async function ask(path: string, headers: Record<string, string> = {}) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}${path}`, { headers }, resolve).on("error", reject);
  });
  return { status: answer.statusCode, headers: answer.headers, bytes: await buffer(answer) };
}

test.each([
  ["gzip, deflate, br, zstd", "br"],
  ["gzip", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["identity", "identity"],
] as const)("a browser that accepts %s gets a built file as %s, to be kept for ever", async (accepted, encoding) => {
  const { status, headers, bytes } = await ask("/files/chunks/one.4f2a.js", { "accept-encoding": accepted });
  expect(status).toBe(200);
  expect(headers["content-encoding"] ?? "identity").toBe(encoding);
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  expect(headers.vary?.toLowerCase()).toContain("accept-encoding");
  expect(headers["content-type"]).toMatch(/javascript/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(UNPACK[encoding](bytes).toString()).toBe(SCRIPT);
  // It was packed once, so its length is known.
  expect(Number(headers["content-length"])).toBe(bytes.length);
});

test("a built file that is no text travels as it is, and a browser keeps it as well", async () => {
  const { headers, bytes } = await ask("/files/picture.77aa.ico", { "accept-encoding": "identity" });
  expect(bytes.equals(PICTURE)).toBe(true);
  expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
});

test("what is no built file is left to the pages, and so are the packed ones by their own names", async () => {
  for (const path of ["/files/", "/files/chunks/", "/files/chunks/one.4f2a.js.br", "/files/..%2f..%2fetc/passwd"]) {
    const { bytes } = await ask(path);
    expect(bytes.toString(), path).toBe("no such page");
  }
});
