/**
 * Times the first byte of pages that come with their data, in one's session, against Next alone that serves an empty page. Needs a build.
 *
 *   node perf/bench/page.ts [--quick]
 */
import { request } from "undici";
import { fillRates } from "#/testing/fill-rates.ts";
import { STACK_LOGIN } from "#/testing/open-stack.ts";
import { runBench } from "./run-bench.ts";
import { reportRatio, takeTurns } from "./take-turns.ts";

const TARGET = 2;
const PAGES = ["/", "/prices", "/syncs", "/review"];
/** A form, and no data: what of a page's time is not its own. */
const WITHOUT_DATA = "/sign-in";

/** Milliseconds until the first byte of the body; the rest is read, too. */
async function firstByte(url: string, headers: Record<string, string>): Promise<number> {
  const start = performance.now();
  const { statusCode, body } = await request(url, { headers: { accept: "text/html", ...headers } });
  if (statusCode !== 200) throw new Error(`${url} was answered ${statusCode}`);
  let ms: number | undefined;
  for await (const chunk of body) ms ??= chunk === undefined ? undefined : performance.now() - start;
  return ms ?? Number.NaN;
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify(STACK_LOGIN),
  });
  if (!answer.ok) throw new Error(`the sign-in was answered ${answer.status}: ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.replace(/;.*/, ""))
    .join("; ");
}

await runBench("The first byte of a page with its data", async (bench) => {
  const databaseUrl = await bench.createDatabase("pages");
  await fillRates(bench.connect(databaseUrl).db, { rates: 12_000 });
  const env = { ADMIN_EMAIL: STACK_LOGIN.email, ADMIN_PASSWORD: STACK_LOGIN.password };
  const { ready: url } = await bench.startServer({ databaseUrl, role: "web", env });
  const { ready: bare } = await bench.start({
    entry: "perf/processes/empty-page.ts",
    ready: /ready at (http\S+)/,
    env: { NODE_ENV: "production" },
  });
  const cookie = await signIn(url);
  for (const page of [WITHOUT_DATA, ...PAGES]) {
    const turns = await takeTurns(
      { rounds: bench.isQuick ? 25 : 101, warmUps: 15 },
      { floor: () => firstByte(bare, {}), ours: () => firstByte(url + page, page === WITHOUT_DATA ? {} : { cookie }) },
    );
    const words = { ours: "ours", floor: "an empty page of Next", unit: "ms" };
    const target = page === WITHOUT_DATA ? {} : { most: TARGET };
    reportRatio(bench, turns, { what: `the first byte of ${page}`, ...words, ...target });
  }
});
