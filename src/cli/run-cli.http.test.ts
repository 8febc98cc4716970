import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { runCli } from "#/cli/run-cli.ts";
import type { Pace } from "#/cli/session.ts";
import { JOB_ID, KEY, makeEvent, openStubApi, type StubApi, type StubState } from "#/testing/stub-api.ts";

const PACE: Pace = { pollMs: 50, retryMs: 10, patienceMs: 2_000 };
const STORY = [
  makeEvent(1, "queued", "Queued by key:test", { status: "queued" }),
  makeEvent(2, "started", "Attempt 1 started"),
  makeEvent(3, "progress", "", { progress: { sources: { openrouter: { phase: "fetching", bytes: 1 } } } }),
  makeEvent(4, "progress", "", { progress: { sources: { openrouter: { phase: "fetching", bytes: 2 } } } }),
  makeEvent(5, "source", "openrouter: 1234 offers", { progress: { sources: { openrouter: { phase: "done" } } } }),
  makeEvent(6, "ended", "Success: 1 of 1 sources", { status: "success" }),
];

let api: StubApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function open(state: Partial<StubState> = {}): Promise<StubApi> {
  api = await openStubApi({ status: "success", events: STORY, ...state });
  return api;
}

type RunOptions = Readonly<{
  env?: Record<string, string>;
  pace?: Partial<Pace>;
  tty?: boolean;
  interrupted?: AbortSignal;
  onStderr?: (text: string) => void;
}>;

async function run(url: string, line: string, options: RunOptions = {}) {
  let stdout = "";
  let stderr = "";
  const exitCode = await runCli(line.split(" "), {
    stdout: { write: (text) => (stdout += text), isTTY: options.tty },
    stderr: {
      write: (text) => {
        stderr += text;
        options.onStderr?.(text);
      },
      isTTY: options.tty,
      columns: 80,
    },
    env: { RATEBOOK_URL: url, RATEBOOK_API_KEY: KEY, ...options.env },
    interrupted: options.interrupted ?? new AbortController().signal,
    createClient: createRatebookClient,
    pace: { ...PACE, ...options.pace },
  });
  return { exitCode, stdout, stderr };
}

describe("exit codes", () => {
  test.each([
    ["success", 0],
    ["partial", 2],
    ["failed", 1],
    ["cancelled", 1],
  ] as const)("a waited-for sync that ends as %s exits with %i", async (status, expected) => {
    const { url } = await open({ status });
    expect((await run(url, "sync --wait")).exitCode).toBe(expected);
  });

  test("a sync that is only queued exits with 0 and prints where to follow it", async () => {
    const { url } = await open();
    const { exitCode, stdout, stderr } = await run(url, "sync");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `Queued as sync ${JOB_ID}\n` });
    expect(stderr).toContain(`ratebook sync watch ${JOB_ID}`);
  });

  test("a refused request exits with 1, in one line with the request id", async () => {
    const { url } = await open();
    const { exitCode, stdout, stderr } = await run(url, "sync --if-busy reject --json");
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "ratebook: Sync 1 is running (request request-7)\n",
    });
  });

  test("an unknown sync is refused at once, watched or shown", async () => {
    const { url } = await open();
    const other = JOB_ID.replace("6f", "7f");
    expect((await run(url, `sync status ${other}`)).exitCode).toBe(1);
    expect((await run(url, `sync watch ${other}`)).stderr).toContain(`There is no sync ${other}`);
  });

  test("what could not be done is not 0: nothing to cancel, a source that can't be read", async () => {
    const { url } = await open();
    expect((await run(url, `sync cancel ${JOB_ID}`)).exitCode).toBe(1);
    expect((await run(url, "sources test openrouter")).exitCode).toBe(1);
  });

  test("a book that was worked out again exits with 1 and names what differs, and with 0 when nothing does", async () => {
    const stub = await open({ isBookWrong: true });
    const wrong = await run(stub.url, "rates verify");
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stdout).toContain(
      "2 rates (1 of two or more sources) in 3 pieces and 4 versions worked out again: 1 differs.",
    );
    expect(wrong.stdout).toContain("nothing stands behind the row 7");
    const asJson = await run(stub.url, "rates verify --json");
    expect(asJson.exitCode).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ total: 1, differences: [{ model: "gpt-5" }] });
    stub.state.isBookWrong = false;
    expect(await run(stub.url, "rates verify")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("nothing differs"),
    });
  });

  test("a source is moved only with a reason, and never in a dry run", async () => {
    const { url } = await open();
    const moved = [
      ["sources rank mine 1", false],
      ["sources rank mine 1 --reason right", true],
      ["sources rank mine 1 --reason right --dry-run", false],
    ] as const;
    for (const [line, isMoved] of moved) {
      const { stdout, stderr } = await run(url, line);
      expect(stdout).toContain(
        `1 price in force ${isMoved ? "changed" : "would change"}\n2 more with the same amounts`,
      );
      expect(stderr).toContain(isMoved ? "mine has place 1 from now on." : "Nothing was written.");
    }
  });

  test.each([
    "sync status nonsense",
    "sync list --limit 0",
    "sync nonsense",
    "prices get",
    "--bogus",
    "sync --if-busy maybe",
  ])("bad usage exits with 1 without asking the server: %s", async (line) => {
    const { exitCode, stdout, stderr } = await run("http://127.0.0.1:1", line);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^ratebook: /);
  });

  test("nobody listening exits with 3", async () => {
    const { url, close } = await open();
    await close();
    const { exitCode, stderr } = await run(url, "lock status");
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^ratebook: Can't reach http:\S+: the connection was refused.*\n$/);
  });

  test.each([
    [404, "check RATEBOOK_URL or --url"],
    [502, "may be starting or stopping"],
  ])("something that is not Ratebook, answering %i, exits with 3", async (status, words) => {
    const server = createServer((_request, response) => response.writeHead(status).end("<html>")).listen(
      0,
      "127.0.0.1",
    );
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await run(`http://127.0.0.1:${port}`, "lock status");
    server.close();
    expect(exitCode).toBe(3);
    expect(stderr).toContain(words);
  });

  test("help exits with 0 and explains the exit codes", async () => {
    const { exitCode, stdout } = await run("http://127.0.0.1:1", "--help");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("the server could not be reached");
  });
});

describe("the key", () => {
  test("without one the message says which variable to set", async () => {
    const { url } = await open();
    const { exitCode, stderr } = await run(url, "lock status", { env: { RATEBOOK_API_KEY: "" } });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: "ratebook: The server wants an API key (set RATEBOOK_API_KEY)\n",
    });
  });

  test.each(["wrong-key", "two words", "k€y"])("a bad one is never repeated: %s", async (key) => {
    const { url } = await open();
    const { exitCode, stderr } = await run(url, "sync --wait", { env: { RATEBOOK_API_KEY: key } });
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain(key);
    expect(stderr).toContain("RATEBOOK_API_KEY");
  });
});

describe("what goes where", () => {
  test("--wait --json puts one document on stdout: the sync as it ended", async () => {
    const { url } = await open({ status: "partial" });
    const { stdout } = await run(url, "sync --wait --json");
    expect(JSON.parse(stdout)).toMatchObject({
      jobId: JOB_ID,
      status: "partial",
      log: [{ counts: { rejectedBy: { negative: 2 } } }, {}],
    });
  });

  test("a pipe gets plain lines: phase changes and results, each once", async () => {
    const { url } = await open();
    const { stderr, stdout } = await run(url, "sync --wait");
    expect(stderr).toBe(
      [
        `Queued as sync ${JOB_ID}`,
        "12:00:01  Queued by key:test",
        "12:00:02  Attempt 1 started",
        "12:00:03  openrouter: fetching",
        "12:00:05  openrouter: 1234 offers",
        "12:00:06  Success: 1 of 1 sources",
        "",
      ].join("\n"),
    );
    expect(stdout).toContain("SOURCE      OUTCOME  OFFERS");
    expect(`${stdout}${stderr}`).not.toContain("\u001b");
  });

  test("a terminal gets a bar that is gone at the end, and no colours with NO_COLOR", async () => {
    const { url } = await open({ status: "running", events: STORY.slice(0, 4) });
    const running = run(url, "sync --wait", {
      tty: true,
      env: { NO_COLOR: "1" },
      onStderr: (text) => {
        if (!text.includes("openrouter fetching") || api === undefined) return;
        api.state.status = "success";
        api.state.events = STORY;
      },
    });
    const { stderr, stdout } = await running;
    expect(stderr).toContain("\r\u001b[2K[##------------------]  10%");
    expect(stderr.split("\n").at(-1)).not.toContain("[#");
    expect(stdout).not.toContain("\u001b");
  });

  test("watch --json prints one line per event", async () => {
    const { url } = await open();
    const { stdout, exitCode } = await run(url, `sync watch ${JOB_ID} --json`);
    const ids = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect({ exitCode, ids }).toEqual({ exitCode: 0, ids: ["1", "2", "3", "4", "5", "6"] });
  });

  test("the url of a source that is added is not taken for the server's", async () => {
    const { url } = await open();
    const { stdout, exitCode } = await run(
      url,
      "sources add mirror --kind litellm --url https://mirror.example/x --json",
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "mirror", url: "https://mirror.example/x" });
  });
});

describe("following", () => {
  test("a connection that keeps breaking costs no event and repeats none", async () => {
    const stub = await open({ cutAfter: 1 });
    const { stdout, exitCode } = await run(stub.url, `sync watch ${JOB_ID}`);
    expect(exitCode).toBe(0);
    expect(stdout.match(/^.*$/gm)?.filter((line) => line !== "")).toHaveLength(5);
    expect(stub.watches()).toBeGreaterThanOrEqual(STORY.length);
  });

  test("a server that restarts is waited for, and that is said once", async () => {
    const stub = await open({ status: "running", events: STORY.slice(0, 2) });
    const port = Number(new URL(stub.url).port);
    let restarted: Promise<void> | undefined;
    const restart = async () => {
      await stub.close();
      await expect.poll(() => stderr, { timeout: 2_000 }).toContain("reconnecting");
      api = await openStubApi({ status: "success", events: STORY, forgetful: true }, port);
    };
    let stderr = "";
    const { exitCode } = await run(stub.url, "sync --wait", {
      onStderr: (text) => {
        stderr += text;
        if (text.includes("Attempt 1")) restarted ??= restart();
      },
    });
    await restarted;
    expect(exitCode).toBe(0);
    expect(stderr.match(/reconnecting…/g)).toHaveLength(1);
    expect(stderr.match(/Attempt 1 started/g)).toHaveLength(1);
    expect(stderr).toContain("Success: 1 of 1 sources");
  });

  test("a server that stays away is given up on with 3", async () => {
    const stub = await open({ status: "running", events: STORY.slice(0, 2) });
    const { exitCode, stderr } = await run(stub.url, "sync --wait", {
      pace: { patienceMs: 100 },
      onStderr: (text) => void (text.includes("Attempt 1") && stub.close()),
    });
    expect(exitCode).toBe(3);
    expect(stderr).toContain("Gave up after");
  });

  test("a stream that says nothing does not keep the command from ending with its sync", async () => {
    const { url } = await open({ status: "running", mute: true });
    setTimeout(() => api && (api.state.status = "partial"), 100);
    expect((await run(url, "sync --wait")).exitCode).toBe(2);
  });

  test("Ctrl-C exits with 130 and says that the sync goes on", async () => {
    const { url } = await open({ status: "running", events: STORY.slice(0, 2) });
    const interruption = new AbortController();
    const { exitCode, stdout, stderr } = await run(url, "sync --wait", {
      interrupted: interruption.signal,
      onStderr: (text) => void (text.includes("Attempt 1") && interruption.abort()),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
    expect(stderr).toContain(`The sync goes on. Stop it with: ratebook sync cancel ${JOB_ID}`);
  });
});
