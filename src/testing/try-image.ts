import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { buildDockerfile, type Image } from "#/testing/build-dockerfile.ts";
import { eventually } from "#/testing/eventually.ts";

// `npm run try:image`: carries out the Dockerfile, and starts what came of it against a real Postgres as a user who may not
// write a single file of it.
const NOBODY = 65_534;

type Environment = Readonly<Record<string, string>>;
type Started = Readonly<{ child: ChildProcess; url: string | undefined; env: Environment }>;

const folder = await mkdtemp(join(tmpdir(), "ratebook-image-"));
await chmod(folder, 0o755);
try {
  const image = await buildDockerfile(process.cwd(), join(folder, "stages"));
  await printSizes(image);
  await tryImage(image);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function tryImage(image: Image): Promise<void> {
  await mkdir(join(folder, "bin"));
  // Where the project lies, another user may not be allowed to look.
  await copyFile(process.execPath, join(folder, "bin/node"));
  if (process.getuid?.() !== 0) spawnSync("chmod", ["-R", "a-w", image.root]);
  const postgres = await openEmbeddedPostgres(join(folder, "postgres"));
  try {
    const env = { DATABASE_URL: postgres.url, AUTH_SECRET: randomBytes(32).toString("hex"), PORT: "0" };
    await runToItsEnd(image, ["node", "src/migrate.ts"], env);
    await tryWeb(image, env);
    await stop(await start(image, { ...env, ROLE: "worker" }));
  } finally {
    await postgres.close();
  }
  say("The image works");
}

async function tryWeb(image: Image, env: Environment): Promise<void> {
  const started = await start(image, { ...env, ROLE: "web" });
  const url = started.url ?? "";
  await runToItsEnd(image, image.healthcheck, { ...env, ROLE: "web", PORT: new URL(url).port });
  const page = await fetch(`${url}/sign-in`);
  const script = /\/_next\/static\/[^"]+\.js/.exec(await page.text())?.[0];
  const loaded = await fetch(`${url}${script}`);
  say(`GET /sign-in ${page.status}, GET ${script} ${loaded.status}`);
  if (!page.ok || !loaded.ok) throw new Error("A page or its script is not served");
  await stop(started);
}

/** What the image adds to its base. */
async function printSizes({ root, folder: at }: Image): Promise<void> {
  for (const path of [...(await readdir(at)).map((name) => join(at, name)), root]) {
    const bytes = (await stat(path)).isFile() ? (await stat(path)).size : await sumSizes(path);
    say(
      `${(bytes / 1_000_000).toFixed(1).padStart(7)} MB  ${path === root ? "in all, beside the base image" : path.slice(at.length)}`,
    );
  }
}

async function sumSizes(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return bytes;
}

function open(image: Image, [program = "", ...args]: readonly string[], env: Environment): ChildProcess {
  return spawn(program, args, {
    cwd: image.folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: asEnvironment({ PATH: `${join(folder, "bin")}:/usr/bin:/bin`, ...image.env, ...env }),
    ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
  });
}

// Next's types ask every environment for NODE_ENV; Node asks for none.
function asEnvironment(variables: Environment): NodeJS.ProcessEnv {
  return variables as NodeJS.ProcessEnv;
}

async function runToItsEnd(image: Image, command: readonly string[], env: Environment): Promise<void> {
  const child = open(image, command, env);
  child.stdout?.pipe(process.stdout, { end: false });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
}

async function start(image: Image, env: Environment): Promise<Started> {
  const child = open(image, image.command, env);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await eventually(
    `a process of the role ${env["ROLE"]} is ready`,
    async () => {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output}`);
      return / is ready/.test(output);
    },
    60_000,
  );
  return { child, env, url: /is ready at (\S+)/.exec(output)?.[1] };
}

async function stop({ child, env }: Started): Promise<void> {
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`The role ${env["ROLE"]} ended with ${code} after SIGTERM`);
  say(`The role ${env["ROLE"]} started, and stopped on SIGTERM`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
