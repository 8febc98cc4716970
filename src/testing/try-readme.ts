import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { eventually } from "#/testing/eventually.ts";

// `npm run try:readme`: the two commands of README.md as they stand there, in an empty clone of what is committed, under the
// machine's own Node and under the project's. Each runs in a terminal of its own (`script` of util-linux), is asked whether it is
// ready, signed in to, and stopped with Ctrl-C. Afterwards no process of the clone may be left.

/** Installing and building, on a machine that may be busy. */
const READY_WITHIN_MS = 1_200_000;
const STOPPED_WITHIN_MS = 60_000;
/** What npm leaves with when Ctrl-C reached it too, whatever its child left with. */
const INTERRUPTED = 130;
const CTRL_C = "\u0003";
const GIVEN = { email: "you@example.com", password: randomBytes(12).toString("hex") };

const ownPath = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
const nodes = [
  { name: "the machine's Node", path: ownPath },
  { name: "the project's Node", path: [dirname(await realpath(process.execPath)), ...ownPath] },
];
for (const { name, path } of nodes) await tryClone(name, path.join(delimiter));

async function tryClone(name: string, path: string): Promise<void> {
  const version = spawnSync("node", ["--version"], { env: { ...process.env, PATH: path }, encoding: "utf8" }).stdout;
  say(`== ${name}, ${version.trim()}`);
  const folder = await realpath(await mkdtemp(join(tmpdir(), "ratebook-readme-")));
  const clone = join(folder, "ratebook");
  try {
    const { status } = spawnSync("git", ["clone", "--quiet", process.cwd(), clone], { stdio: "inherit" });
    if (status !== 0) throw new Error("The repository could not be cloned");
    const readme = await readFile(join(clone, "README.md"), "utf8");
    await tryCommand(clone, path, findCommand(readme, "Try it"));
    await tryCommand(clone, path, findCommand(readme, "Use it"), GIVEN);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first block of commands below a heading, with the password that the reader chooses. */
function findCommand(readme: string, heading: string): string {
  const [, below = ""] = readme.split(`## ${heading}\n`);
  const command = /^```sh\n(.*)\n```$/m.exec(below)?.[1];
  if (command === undefined) throw new Error(`README.md has no single command below "${heading}"`);
  return command.replace("ADMIN_PASSWORD='…'", `ADMIN_PASSWORD='${GIVEN.password}'`);
}

type Login = Readonly<{ email: string; password: string }>;

async function tryCommand(clone: string, path: string, command: string, given?: Login): Promise<void> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1_000).toFixed(1)} s`;
  const child = openTerminal(clone, path, command);
  const ended = once(child, "exit");
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    const url = await eventually(`"${command}" is ready`, async () => findUrl(child, output), READY_WITHIN_MS);
    say(`${command.replace(GIVEN.password, "…")}\n  ready after ${seconds()}`);
    await expectOk("/readyz", fetch(`${url}/readyz`));
    const login = given ?? (await eventually("the login is printed", async () => findLogin(output)));
    const headers = { "content-type": "application/json", origin: url };
    const signIn = { method: "POST", headers, body: JSON.stringify(login) };
    await expectOk("signing in", fetch(`${url}/api/auth/sign-in/email`, signIn));
    const running = (await listProcesses(clone)).length;
    if (running === 0) throw new Error("No process of the clone is found while it runs");
    const stopping = performance.now();
    child.stdin?.write(CTRL_C);
    const late = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
    const [code] = await ended;
    clearTimeout(late);
    if (code !== 0 && code !== INTERRUPTED)
      throw new Error(`It left with code ${code} after Ctrl-C:\n${output.slice(-2_000)}`);
    await eventually("no process of the clone is left", async () => (await listProcesses(clone)).length === 0);
    const stopMs = performance.now() - stopping;
    say(`  /readyz and signing in: 200; ${running} processes, none left ${(stopMs / 1_000).toFixed(1)} s after Ctrl-C`);
  } finally {
    for (const pid of await listProcesses(clone)) process.kill(pid, "SIGKILL");
  }
}

function openTerminal(cwd: string, path: string, command: string): ChildProcess {
  const env = { ...process.env, PATH: path, PORT: "0" };
  // What npm and this shell say of themselves is not what a newcomer has.
  for (const name of Object.keys(env))
    if (/^(?:npm_|NODE_|DATABASE_|RATEBOOK_|ADMIN_|ROLE$)/i.test(name)) Reflect.deleteProperty(env, name);
  return spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd,
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
}

function findUrl(child: ChildProcess, output: string): string | undefined {
  if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output.slice(-2_000)}`);
  return /ready at (http\S+)/.exec(output)?.[1];
}

function findLogin(output: string): Login | undefined {
  const email = /e-mail +(\S+)/.exec(output)?.[1];
  const password = /password +(\S+)/.exec(output)?.[1];
  return email === undefined || password === undefined ? undefined : { email, password };
}

async function expectOk(what: string, asked: Promise<Response>): Promise<void> {
  const { status } = await asked;
  if (status !== 200) throw new Error(`${what} is answered with ${status}`);
}

/** The processes that work in a folder or name it in their command. */
async function listProcesses(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    // One that ends meanwhile has neither.
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => "");
    const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (`${cwd}/`.startsWith(`${folder}/`) || command.includes(folder)) found.push(Number(name));
  }
  return found;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
