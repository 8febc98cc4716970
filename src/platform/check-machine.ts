import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { Check } from "#/platform/check-database.ts";

/** The oldest Node that runs TypeScript as it stands. */
const OLDEST_NODE = [22, 18] as const;
/** An embedded database begins with 40 MB, and grows with its raw payloads. */
const LEAST_FREE_BYTES = 1_000_000_000;
const SLOWEST_ANSWER_MS = 5_000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  const passed = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
  const words = passed ? `Node ${version}` : `This is Node ${version}. Start it with npm, which brings Node 24`;
  return { name: "node", passed, words };
}

/** Whether a server can listen on its port, or does already. */
export async function checkPort({ host, port }: Readonly<{ host: string; port: number }>): Promise<Check> {
  const problem = await tryToListen(host, port);
  if (problem === undefined) return { name: "port", passed: true, words: `${port} is free` };
  if (problem !== "EADDRINUSE") {
    const words = `Nothing can listen on port ${port} of ${host} (${problem}). Set PORT from 1024 on, and HOST to an address of this machine`;
    return { name: "port", passed: false, words };
  }
  const isOurs = await answersAlive(`http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`);
  const words =
    isOurs === undefined
      ? `a Ratebook listens on ${port}`
      : `Port ${port} is in use by another program. Stop that one, or set PORT to another port`;
  return { name: "port", passed: isOurs === undefined, words };
}

function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", ({ code, message }: NodeJS.ErrnoException) => resolve(code ?? message));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/** Answers why no Ratebook can be reached there; undefined when one says that it is alive. */
async function answersAlive(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL("/healthz", url), { signal: AbortSignal.timeout(SLOWEST_ANSWER_MS) });
    const isOurs = answer.ok && (await answer.text()).includes('"status":"alive"');
    return isOurs ? undefined : `it answers ${answer.status}, and not as Ratebook does`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Whether there is room for the database in `dataDir`. */
export async function checkDisk(dataDir: string, leastFreeBytes = LEAST_FREE_BYTES): Promise<Check> {
  const { bavail, bsize } = await statOfNearest(dataDir);
  const free = bavail * bsize;
  const gigabytes = `${(free / 1e9).toFixed(1)} GB are free`;
  const passed = free >= leastFreeBytes;
  const words = passed
    ? gigabytes
    : `Only ${gigabytes} for ${dataDir}. Free some, or set RATEBOOK_DATA_DIR to a folder on another disk`;
  return { name: "disk", passed, words };
}

/** Of the folder, or of the first one above it that is there. */
async function statOfNearest(folder: string): Promise<StatsFs> {
  return statfs(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT" || dirname(folder) === folder) throw error;
    return statOfNearest(dirname(folder));
  });
}

/** Whether links in messages lead here, and whether passwords are safe on their way. */
export async function checkPublicUrl(publicUrl: string | undefined): Promise<Check> {
  const name = "address";
  if (publicUrl === undefined)
    return { name, passed: true, words: "PUBLIC_URL is not set; messages have no links, and sessions no https" };
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol === "http:" && !LOOPBACK.test(hostname)) {
    const words = `PUBLIC_URL is ${publicUrl}: passwords and keys go over the network unencrypted. Put a proxy with TLS in front, and write https`;
    return { name, passed: false, words };
  }
  const problem = await answersAlive(publicUrl);
  if (problem === undefined) return { name, passed: true, words: `${publicUrl} leads to Ratebook` };
  const words = `PUBLIC_URL is ${publicUrl}, which does not lead to Ratebook from here: ${problem}. Start the server, or correct it`;
  return { name, passed: false, words };
}
