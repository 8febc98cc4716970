import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { createProgram, runCli } from "#/cli/run-cli.ts";
import { type CliIo, USUAL_PACE } from "#/cli/session.ts";
import { VERSION } from "#/terms/version.ts";

const COLUMNS = 80;

function openIo() {
  let text = "";
  const output = { write: (more: string) => (text += more), columns: COLUMNS };
  const io: CliIo = {
    stdout: output,
    stderr: output,
    env: {},
    interrupted: new AbortController().signal,
    createClient: createRatebookClient,
    pace: USUAL_PACE,
  };
  return { io, read: () => text };
}

/** Every command with its words, groups too. */
function listCommands(command: Command, path = ""): { path: string; command: Command }[] {
  return command.commands.flatMap((one) => {
    const words = `${path} ${one.name()}`.trim();
    return [{ path: words, command: one }, ...listCommands(one, words)];
  });
}

const COMMANDS = listCommands(createProgram(openIo().io, async () => undefined));
const isGroup = (command: Command) => command.commands.length > 0 && command.name() !== "sync";

async function readHelp(path: string): Promise<string> {
  const { io, read } = openIo();
  expect(await runCli([...path.split(" "), "--help"].filter(Boolean), io)).toBe(0);
  return read();
}

/** The examples as they would be typed: continued lines joined, what other programs do left out. */
async function readExamples(path: string): Promise<string[]> {
  const help = (await readHelp(path)).replaceAll(/ \\\n\s+/g, " ");
  return [...help.matchAll(/^ {2}\$ (ratebook .*)$/gm)].map(([, line = ""]) => line.replace(/ [|<>] .*$/, ""));
}

describe.each(COMMANDS)("ratebook $path", ({ path, command }) => {
  test("it prints JSON when it is asked to, says what it is, and what its words mean", () => {
    expect(command.options.map(({ long }) => long)).toContain("--json");
    expect(command.description()).toMatch(/^[A-Z].*\.$/);
    for (const { description, flags } of command.options) expect(description, flags).not.toBe("");
    for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe("");
  });

  test("its help fits a terminal, and shows examples that it takes and the exit codes", async () => {
    const help = await readHelp(path);
    expect(help.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
    if (isGroup(command)) return;
    expect(help).toContain("Exit codes: 0 ");
    const examples = await readExamples(path);
    expect(examples).not.toEqual([]);
    for (const example of examples) {
      const [, ...words] = (example.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
        word.replaceAll(/["']/g, ""),
      );
      expect(words.join(" "), example).toMatch(new RegExp(`^${path.split(" ")[0] ?? ""}`));
      const { io, read } = openIo();
      let calls = 0;
      const program = createProgram(io, async () => void (calls += 1));
      await expect(program.parseAsync(words, { from: "user" }), `${example}: ${read()}`).resolves.toBeDefined();
      expect(calls, example).toBe(words[0] === "completion" ? 0 : 1);
    }
  });
});

test("the program's own help fits a terminal, and names the environment and the exit codes", async () => {
  const help = await readHelp("");
  expect(help.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
  for (const word of ["RATEBOOK_URL", "RATEBOOK_API_KEY", "NO_COLOR", "130"]) expect(help).toContain(word);
});

test("every command that scripts were promised is there, with its options", () => {
  const promised: Record<string, readonly string[]> = {
    sync: ["--source", "--dry-run", "--wait", "--if-busy"],
    "sync status": [],
    "sync list": [],
    "sync watch": [],
    "sync cancel": [],
    "sync retry": [],
    "sync revert": [],
    "sources list": [],
    "sources add": ["--kind"],
    "sources enable": [],
    "sources disable": ["--reason"],
    "sources test": [],
    "prices get": ["--seller", "--at"],
    "prices export": ["--format"],
    quote: ["--compare", "--format"],
    "holds list": [],
    "holds approve": [],
    "holds reject": [],
    "pins set": [],
    "pins clear": [],
    "lock status": [],
    "lock release": [],
  };
  for (const [path, options] of Object.entries(promised)) {
    const found = COMMANDS.find((one) => one.path === path)?.command;
    expect(found, path).toBeDefined();
    expect(
      found?.options.map(({ long }) => long),
      path,
    ).toEqual(expect.arrayContaining([...options]));
  }
});

test("it says which version it is", async () => {
  const { io, read } = openIo();
  expect(await runCli(["--version"], io)).toBe(0);
  expect(read()).toBe(`${VERSION}\n`);
  expect(VERSION).toMatch(/^\d+\.\d+\.\d+/);
});
