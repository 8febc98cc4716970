import type { Page } from "playwright";

export type Traffic = Readonly<{ requests: number; bytes: number; scriptBytes: number }>;

/** Counts what a page asks for from now on, past the browser's cache, in bytes on the wire; a stream counts with what has come of it. */
export async function watchTraffic(page: Page): Promise<() => Traffic> {
  const session = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  const counted = { requests: 0, bytes: 0, scriptBytes: 0 };
  const streamed = new Map<string, number>();
  session.on("Network.requestWillBeSent", ({ requestId, type }) => {
    counted.requests += 1;
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength, dataLength }) => {
    streamed.set(requestId, (streamed.get(requestId) ?? 0) + (encodedDataLength || dataLength));
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    streamed.delete(requestId);
    counted.bytes += encodedDataLength;
    if (scripts.has(requestId)) counted.scriptBytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  return () => ({ ...counted, bytes: counted.bytes + [...streamed.values()].reduce((sum, one) => sum + one, 0) });
}
