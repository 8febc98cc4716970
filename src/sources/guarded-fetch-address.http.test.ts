import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { LookupFunction } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fetchPayload, type FetchPayloadInput } from "#/sources/guarded-fetch.ts";

/** Serves on loopback; `hosts` collects the Host header of every request. */
async function serve(listener: (request: IncomingMessage, response: ServerResponse) => void) {
  const hosts: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = address !== null && typeof address !== "string" ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port, hosts };
}

function get(url: string, options: Partial<FetchPayloadInput> = {}, seams: Parameters<typeof fetchPayload>[1] = {}) {
  const signal = new AbortController().signal;
  return fetchPayload({ url, allowPrivateNetwork: false, signal, timeoutMs: 2000, ...options }, seams);
}

const redirect = (response: ServerResponse, location: string, status = 302) =>
  void response.writeHead(status, { location }).end();

/** Lets tests be served from loopback while every other address is judged as in production. */
const loopbackIsPublic = (address: string) => address === "127.0.0.1";

test.each([
  "http://127.0.0.1/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[fd00:ec2::254]/",
  "http://169.254.169.254/latest/meta-data",
  "http://0.0.0.0/",
  "http://2130706433/",
  "http://0x7f.1/",
  "http://017700000001/",
  "https://192.168.0.1/",
  "http://localhost/",
])("%s is refused before a connection is made", async (url) => {
  expect(await get(url)).toMatchObject({ outcome: "failed", code: "private_address", retryable: false });
});

test("cloud metadata is refused even where private networks are allowed", async () => {
  expect(await get("http://169.254.169.254/", { allowPrivateNetwork: true })).toMatchObject({
    code: "private_address",
  });
});

test("a name that resolves to a private address, alone or among public ones, is refused", async () => {
  for (const addresses of [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], []]) {
    const resolve: LookupFunction = (_, __, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      );
    expect(await get("http://prices.test/", {}, { resolve })).toMatchObject({ code: "private_address" });
  }
});

test("the name is resolved once, and the connection goes to exactly the address that was checked", async () => {
  const { port, hosts } = await serve((_, response) => void response.end("x"));
  let asked = 0;
  const resolve: LookupFunction = (_, __, callback) => {
    asked += 1;
    callback(null, [{ address: asked === 1 ? "127.0.0.1" : "10.0.0.1", family: 4 }]);
  };
  const outcome = await get(`http://prices.test:${port}/`, {}, { resolve, isAllowed: loopbackIsPublic });
  expect(outcome).toMatchObject({ outcome: "fetched" });
  expect(asked).toBe(1);
  expect(hosts).toEqual([`prices.test:${port}`]);
});

test("a redirect is followed, and the final address is named", async () => {
  const { url } = await serve((request, response) =>
    request.url === "/b" ? void response.end("there") : redirect(response, "/b?token=secret"),
  );
  const { url: start } = await serve((_, response) => redirect(response, `${url}/b`));
  expect(await get(`${start}/a`, { allowPrivateNetwork: true })).toMatchObject({ text: "there", finalUrl: `${url}/b` });
});

test.each(["http://169.254.169.254/", "http://127.0.0.2/", "http://[::ffff:7f00:1]/", "//10.0.0.1/"])(
  "a redirect to %s is refused",
  async (location) => {
    const { url } = await serve((_, response) => redirect(response, location));
    expect(await get(url, {}, { isAllowed: loopbackIsPublic })).toMatchObject({ code: "private_address" });
  },
);

test.each(["file:///etc/passwd", "ftp://prices.test/", "data:text/plain,x"])(
  "a redirect to %s is refused",
  async (location) => {
    const { url } = await serve((_, response) => redirect(response, location));
    expect(await get(url, { allowPrivateNetwork: true })).toMatchObject({ code: "bad_url" });
  },
);

test("redirects in a circle are found", async () => {
  const { url, hosts } = await serve((request, response) => redirect(response, request.url === "/a" ? "/b" : "/a"));
  expect(await get(`${url}/a`, { allowPrivateNetwork: true })).toMatchObject({
    code: "redirect_loop",
    retryable: false,
  });
  expect(hosts).toHaveLength(2);
});

test("five redirects are followed, a sixth is not", async () => {
  const { url } = await serve((request, response) => {
    const left = Number(request.url?.slice(1));
    if (left === 0) response.end("there");
    else redirect(response, `/${left - 1}`, 307);
  });
  expect(await get(`${url}/5`, { allowPrivateNetwork: true })).toMatchObject({ text: "there" });
  expect(await get(`${url}/6`, { allowPrivateNetwork: true })).toMatchObject({ code: "too_many_redirects" });
});

test("extra headers stay with the origin they were given for", async () => {
  const seen: (string | undefined)[] = [];
  const { url: other } = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end("x");
  });
  const { url } = await serve((request, response) => {
    seen.push(request.headers.authorization);
    redirect(response, request.url === "/" ? "/again" : other);
  });
  await get(url, { allowPrivateNetwork: true, headers: { authorization: "Bearer key" } });
  expect(seen).toEqual(["Bearer key", "Bearer key", undefined]);
});

test.each(["file:///etc/passwd", "gopher://prices.test/", "not a url", "", "http://"])(
  "%j is no address to fetch",
  async (url) => {
    expect(await get(url, { allowPrivateNetwork: true })).toMatchObject({ code: "bad_url", retryable: false });
  },
);

test("neither credentials nor a query string reach a message", async () => {
  const { url } = await serve((request, response) => {
    if (request.url?.startsWith("/loop")) redirect(response, "/loop?key=s3cret");
    else response.writeHead(500).end();
  });
  for (const address of [
    url.replace("http://", "http://user:s3cret@"),
    `${url}/?key=s3cret`,
    `${url}/loop?key=s3cret`,
    "http://127.0.0.1:1/?key=s3cret",
    "nonsense://user:s3cret@host?key=s3cret",
    "s3cret",
  ]) {
    const outcome = await get(address, { allowPrivateNetwork: true });
    expect(outcome.outcome).toBe("failed");
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  }
});
