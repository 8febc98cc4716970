import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { runCli } from "#/cli/run-cli.ts";
import { USUAL_PACE } from "#/cli/session.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ratebook-completion-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const SHELLS = ["bash", "zsh", "fish"] as const;

async function print(...args: string[]): Promise<string> {
  let text = "";
  const output = { write: (more: string) => (text += more) };
  const code = await runCli(["completion", ...args], {
    stdout: output,
    stderr: output,
    env: {},
    interrupted: new AbortController().signal,
    createClient: createRatebookClient,
    pace: USUAL_PACE,
  });
  expect(code, text).toBe(0);
  return text;
}

function run(command: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(stderr).toBe("");
  return stdout;
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
type Line = readonly string[];

/** What bash offers when Tab is pressed at the end of each line; a last word may be half a word or empty. */
async function offerInBash(lines: readonly Line[]): Promise<string[][]> {
  const script = `set -u
${await print("bash")}
offer() { COMP_WORDS=(ratebook "$@"); COMP_CWORD=$#; _ratebook; printf '%s ' "\${COMPREPLY[@]-}"; echo; }
${lines.map((words) => `offer ${words.map(quote).join(" ")}`).join("\n")}`;
  return readOffers(run("bash", ["--norc", "-s"], script));
}

// A completion widget of zsh runs only while somebody types, so what it would show is printed here.
async function offerInZsh(lines: readonly Line[]): Promise<string[][]> {
  const script = `compdef() { }
_describe() { print -rn -- "\${(@)\${(@P)4}%%:*} " }
${await print("zsh")}
offer() { words=(ratebook "$@"); CURRENT=$(( $# + 1 )); _ratebook; echo }
${lines.map((words) => `offer ${words.map(quote).join(" ")}`).join("\n")}`;
  const offers = readOffers(run("zsh", ["-f", "-s"], script));
  return offers.map((offered, index) => offered.filter((word) => word.startsWith(lines[index]?.at(-1) ?? "")));
}

async function offerInFish(lines: readonly Line[]): Promise<string[][]> {
  const script = `${await print("fish")}
function offer; for one in (complete -C "$argv"); echo -n (string split \\t -- $one)[1]' '; end; echo; end
${lines.map((words) => `offer ${quote(["ratebook", ...words].join(" "))}`).join("\n")}`;
  return readOffers(run("fish", ["--no-config", "-c", script], ""));
}

function readOffers(output: string): string[][] {
  return output
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split(" ").filter(Boolean));
}

async function offer(...words: Line): Promise<string[]> {
  const [offered = []] = await offerInBash([words]);
  return offered;
}

test("bash completes commands, their commands, their options, and values that are fixed", async () => {
  const expected: [Line, string[]][] = [
    [["s"], ["sync", "sources", "schedules", "sellers"]],
    [
      ["sync", "re"],
      ["revert", "replay", "retry", "redrive"],
    ],
    [["sync", "list", "--st"], ["--status"]],
    [["sync", "list", "--status", "c"], ["cancelled"]],
    [
      ["prices", "export", "--format", ""],
      ["litellm", "openrouter", "models-dev", "genai-prices", "csv"],
    ],
    [["prices", "export", "--format", "=", "o"], ["openrouter"]],
    [
      ["prices", "export", "--format", "="],
      ["litellm", "openrouter", "models-dev", "genai-prices", "csv"],
    ],
    [["sources", "add", "mine", "--kind", "open"], ["openrouter"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
  ];
  expect(await offerInBash(expected.map(([words]) => words))).toEqual(expected.map(([, offered]) => offered));
}, 30_000);

test("bash takes an option's value for no command, and offers files only where a file is meant", async () => {
  const offered = await offerInBash([
    ["--url", "sources", "lo"],
    ["sync", "--source", "list", "--wa"],
    ["backfill", "mine", "package.js"],
    ["prices", "export", "--out", "READ"],
    ["prices", "get", "READ"],
  ]);
  expect(offered).toEqual([["lock"], ["--wait"], ["package.json"], ["README.md"], []]);
}, 30_000);

test("bash runs nothing that is typed when it completes it", async () => {
  const trap = "$(echo ran >&2)`echo ran >&2`; echo ran >&2";
  expect(await offer("holds", "approve", "--reason", trap, "--al")).toEqual(["--all"]);
  expect(await offer("holds", "approve", "--reason", trap)).toEqual([]);
}, 30_000);

test("every shell that is here can read its script, and zsh and fish offer the same words as bash", async () => {
  const present = SHELLS.filter((shell) => spawnSync(shell, ["--version"]).status === 0);
  expect(present).toContain("bash");
  for (const shell of present) {
    const file = join(folder, `completion.${shell}`);
    await writeFile(file, await print(shell));
    run(shell, ["-n", file], "");
  }
  const lines = [
    ["s"],
    ["sync", "re"],
    ["sync", "list", "--status", "c"],
    ["prices", "export", "--format", ""],
    ["sync", "--source", "list", "--wa"],
  ];
  const sorted = (offers: string[][]) => offers.map((words) => words.toSorted());
  const expected = sorted(await offerInBash(lines));
  if (present.includes("zsh")) expect(sorted(await offerInZsh(lines))).toEqual(expected);
  if (present.includes("fish")) expect(sorted(await offerInFish(lines))).toEqual(expected);
}, 30_000);

test("with --json the script is a field of a document", async () => {
  expect(JSON.parse(await print("fish", "--json"))).toEqual({ shell: "fish", script: await print("fish") });
});
