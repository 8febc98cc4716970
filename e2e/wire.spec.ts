import { request as sendRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "./fixtures.ts";

/** What is on the wire: a browser, and its request context, would unpack it. */
async function ask(url: string, headers: Record<string, string>) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sendRequest(url, { headers }, resolve).on("error", reject).end();
  });
  return { status: answer.statusCode, headers: answer.headers, bytes: await buffer(answer) };
}

function cookieOf(session: string): string {
  const state: { cookies: { name: string; value: string }[] } = JSON.parse(session);
  return state.cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
}

test("whoever opens a page gets it compressed, and so is what the next page is made of", async ({ stack, session }) => {
  const known = { cookie: cookieOf(session), "accept-encoding": "gzip, deflate, br, zstd" };
  // Next redirects what is asked for a part of a page to an address of that part's own.
  const moved = await ask(`${stack.url}/`, { ...known, rsc: "1" });
  const part = new URL(moved.headers.location ?? "/", stack.url).href;
  for (const [url, headers, type] of [
    [`${stack.url}/`, { ...known, accept: "text/html" }, /^text\/html/],
    [part, { ...known, rsc: "1" }, /^text\/x-component/],
  ] as const) {
    const answer = await ask(url, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toMatch(type);
    expect(answer.headers["content-encoding"]).toBe("gzip");
    expect(answer.headers.vary?.toLowerCase()).toContain("accept-encoding");
    expect(gunzipSync(answer.bytes).length).toBeGreaterThan(answer.bytes.length * 2);
  }
});

test("whoever opens a page gets its scripts and styles packed, and asks for each of them once", async ({ stack }) => {
  const page = await ask(`${stack.url}/sign-in`, { accept: "text/html" });
  const files = new Set(page.bytes.toString().match(/\/_next\/static\/[^"\\?]+\.(?:js|css)/g));
  expect(files.size).toBeGreaterThan(5);
  for (const file of files) {
    const { status, headers, bytes } = await ask(stack.url + file, { "accept-encoding": "gzip, deflate, br, zstd" });
    expect(status, file).toBe(200);
    expect(headers["content-encoding"], file).toBe("br");
    expect(headers["cache-control"], file).toBe("public, max-age=31536000, immutable");
    expect(headers.vary?.toLowerCase(), file).toContain("accept-encoding");
    expect(brotliDecompressSync(bytes).length, file).toBeGreaterThan(bytes.length);
  }
});
