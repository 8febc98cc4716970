import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { request } from "undici";
import type { Database } from "#/platform/database.ts";
import { fillRates } from "#/testing/fill-rates.ts";
import { STACK_KEY, type StartedProcess } from "#/testing/open-stack.ts";
import type { Bench } from "./run-bench.ts";

/** A new database that holds so many rates. */
export async function openBook(
  bench: Bench,
  name: string,
  book: { rates: number; steps?: number },
): Promise<{ databaseUrl: string; database: Database }> {
  const databaseUrl = await bench.createDatabase(name);
  const database = bench.connect(databaseUrl);
  await fillRates(database.db, book);
  return { databaseUrl, database };
}

/** A viewer's key. */
export async function makeKey(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/trpc/access.createKey`, {
    method: "POST",
    headers: { authorization: `Bearer ${STACK_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ name: `bench-${Date.now()}`, role: "viewer" }),
  });
  return ((await answer.json()) as { result: { data: { key: string } } }).result.data.key;
}

/** A bare server that sends the same bytes and headers as ours does for these paths. */
export async function startBare(
  bench: Bench,
  web: string,
  headers: Record<string, string>,
  paths: readonly string[],
  env: Record<string, string> = {},
): Promise<StartedProcess> {
  const answers = await Promise.all(
    paths.map(async (path) => {
      const { raw, type, encoding } = await fetchRaw(`${web}${path}`, headers);
      return {
        path: path.replace(/\?.*/, ""),
        headers: { "content-type": type, ...encoding },
        body: raw.toString("base64"),
      };
    }),
  );
  const file = join(bench.folder, "answers.json");
  await writeFile(file, JSON.stringify(answers));
  return bench.start({
    entry: "perf/processes/bare-server.ts",
    args: [file],
    ready: /ready at (\S+)/,
    env,
  });
}

/** What a server sends, without decompressing. */
export async function fetchRaw(url: string, headers: Record<string, string>) {
  const answer = await request(url, { headers });
  const encoding = answer.headers["content-encoding"];
  return {
    raw: Buffer.from(await answer.body.arrayBuffer()),
    type: String(answer.headers["content-type"]),
    etag: String(answer.headers.etag),
    encoding: encoding === undefined ? {} : { "content-encoding": String(encoding) },
  };
}
