import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDoors } from "#/testing/open-doors.ts";
import { openTerminal } from "#/testing/open-terminal.ts";
import { fetched, openrouterDocument, openSyncWorld, type SyncWorld } from "#/testing/sync-world.ts";

const FILE = "prices/map.json";

let world: SyncWorld;
let doors: Awaited<ReturnType<typeof openDoors>>;
let terminal: ReturnType<typeof openTerminal>;
let folder: string;
beforeAll(async () => {
  world = await openSyncWorld();
  doors = await openDoors(world);
  terminal = openTerminal(await doors.listen());
  await world.startWorker();
  folder = await mkdtemp(join(tmpdir(), "ratebook-git-"));
  await mkdir(join(folder, "prices"));
  git("init", "--quiet");
});
afterAll(async () => {
  await doors.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

function git(...args: string[]): void {
  execFileSync("git", ["-C", folder, "-c", "user.name=ann", "-c", "user.email=ann@example.com", ...args], {
    stdio: "pipe",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
  });
}

async function commit(at: string, content: string | undefined): Promise<void> {
  await rm(join(folder, FILE), { force: true });
  if (content !== undefined) await writeFile(join(folder, FILE), content);
  git("add", "--all");
  const env = { GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  Object.assign(process.env, env);
  git("commit", "--quiet", "--allow-empty", "--message", `as of ${at}`);
  for (const name of Object.keys(env)) delete process.env[name];
}

const priced = (input: string) => openrouterDocument({ "c/old": [input, "0.000004"] });

async function readHistory(): Promise<string[]> {
  const rows = await world.db.execute<{ line: string }>(sql`
    select to_char(effective_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI ') || (charges -> 0 ->> 'amount') as line
    from model_pricing_history where source = 'old' order by effective_at`);
  return rows.map(({ line }) => line);
}

test("the last version of each day of a git checkout becomes history, a bad one is told of, and a second run goes on", async () => {
  await world.addSource("old", () => fetched("[]"));
  await commit("2025-01-01T08:00:00Z", priced("0.000001"));
  await commit("2025-01-01T20:00:00Z", priced("0.0000011"));
  // The second of January in UTC.
  await commit("2025-01-03T01:00:00+05:00", priced("0.0000012"));
  await commit("2025-01-04T00:00:00Z", "{ not json");
  await commit("2025-01-05T00:00:00Z", undefined);
  await commit("2025-01-06T00:00:00Z", priced("0.0000013"));

  const args = ["backfill", "old", "--git", folder, "--file", FILE];
  const first = await terminal.ratebook(...args, "--json");
  expect(first.stderr).toMatch(/2025-01-04 \(commit [0-9a-f]{12}\): it is no JSON/);
  expect(first.stderr).toMatch(/2025-01-05 \(commit [0-9a-f]{12}\): it has no prices\/map\.json/);
  expect(first.code).toBe(2);
  expect(JSON.parse(first.stdout)).toMatchObject({
    added: 3,
    seenBefore: 0,
    problems: [{ day: "2025-01-04" }, { day: "2025-01-05" }],
  });
  const days = ["2025-01-01 20:00 0.0000011", "2025-01-02 20:00 0.0000012", "2025-01-06 00:00 0.0000013"];
  expect(await readHistory()).toEqual(days);

  await commit("2025-01-07T00:00:00Z", priced("0.0000014"));
  const second = await terminal.ratebook(...args);
  expect(second).toMatchObject({ code: 0, stdout: "1 day added. 5 days had been seen before.\n" });
  expect(await readHistory()).toEqual([...days, "2025-01-07 00:00 0.0000014"]);
  const [jobs] = await world.db.execute<{ count: number }>(
    sql`select count(*)::int as count from pricing_sync_jobs where kind = 'backfill'`,
  );
  expect(jobs?.count).toBe(4);
  const since = await terminal.ratebook(...args, "--since", "2025-01-07");
  expect(since.stdout).toBe("0 days added. 1 day had been seen before.\n");
}, 120_000);

test("what is no checkout, an unknown file, source or day, and two ways at once are refused in words", async () => {
  const refused = async (...args: string[]) => {
    const { code, stderr } = await terminal.ratebook("backfill", ...args);
    expect(code).toBe(1);
    return stderr;
  };
  const empty = await mkdtemp(join(tmpdir(), "ratebook-no-git-"));
  expect(await refused("old", "--git", empty)).toMatch(/can't be read as a git checkout: not a git repository/);
  await rm(empty, { recursive: true });
  expect(await refused("old", "--git", empty)).toMatch(/can't be read as a git checkout: cannot change to/);
  expect(await refused("old", "--git", folder)).toContain("has touched model_prices_and_context_window.json");
  expect(await refused("nobody", "--git", folder)).toContain('no source called "nobody"');
  expect(await refused("old", "--git", folder, "--since", "soon")).toContain('"soon" is no day');
  expect(await refused("old", "map.json", "--git", folder)).toContain("With --git");
  expect(await refused("old")).toContain("--git CHECKOUT");
});
