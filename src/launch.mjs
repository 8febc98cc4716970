// Plain JavaScript: this runs under whatever Node the machine has, before anything is installed. It installs what is
// missing, builds what is stale, and hands over to the project's own Node.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NODE_FLAGS } from "./node-flags.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");

/** command -> which process to become, and whether it needs the pages built first. */
const COMMANDS = {
  demo: { entry: [...NODE_FLAGS, "src/demo.ts"], pages: true, env: { NODE_ENV: "production" } },
  start: { entry: [...NODE_FLAGS, "src/server.ts"], pages: true, env: { NODE_ENV: "production" } },
  dev: { entry: [...NODE_FLAGS, "src/server.ts"], pages: false, env: { NODE_ENV: "development" } },
  test: { entry: ["src/testing/run-all.ts"], pages: true, env: {} },
  ratebook: { entry: ["src/cli/main.ts"], pages: false, env: {} },
};

/** Work on the database itself, so they work while no server does. */
const DOCTOR = { entry: [...NODE_FLAGS, "src/doctor.ts"], pages: false, env: {} };
const BACKUP = { entry: [...NODE_FLAGS, "src/backup.ts"], pages: false, env: {} };

/** A command of `ratebook` that asks no server. `doctor` asks one where it is named, as every other command does. */
function findLocal([word, ...rest]) {
  const words = rest.filter((argument) => argument !== "--json");
  if (word === "doctor") return words.length === 0 && !process.env.RATEBOOK_URL?.trim() ? DOCTOR : undefined;
  const isWhole = words.length === 1 && !words[0].startsWith("-");
  return (word === "backup" || word === "restore") && isWhole ? BACKUP : undefined;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function installWhatIsMissing() {
  const installed = join(modules, ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  process.stderr.write("Installing packages (npm ci) …\n");
  run("npm", ["ci", "--no-audit", "--no-fund"]);
}

/** The Node that comes as a package; where its platform has no build, a new enough one of the user's own. */
function findNode() {
  const packaged = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(packaged) && spawnSync(packaged, ["--version"]).status === 0) return packaged;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return fail(
    `Node 24 could not be installed for ${process.platform} ${process.arch}, and yours is ${process.version}. Install Node 24 and try again`,
  );
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** Changes whenever anything that the pages are built from does. */
function fingerprintPages() {
  const rooms = ["app", "ui", "terms", "price", "api"].map((room) => join(root, "src", room));
  const files = [
    ...rooms.filter(existsSync).flatMap(listFiles),
    join(root, "src", "platform", "static-files.ts"),
    join(root, "next.config.mjs"),
    join(root, "package-lock.json"),
  ];
  const hash = createHash("sha256");
  for (const file of files.toSorted((a, b) => (a < b ? -1 : 1)))
    hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

function buildWhatIsStale(node) {
  const stamp = join(root, ".next", "ratebook-build");
  const wanted = fingerprintPages();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("Building the dashboard …\n");
  rmSync(stamp, { force: true });
  run(node, [join(modules, "next", "dist", "bin", "next"), "build"], {
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  run(node, [join(root, "src", "pack-pages.ts")]);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function becomeProcess(node, args, env) {
  // The channel tells the child when this process is gone, even after kill -9.
  const child = spawn(node, args, {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: "1",
      ...env,
      PATH: `${join(modules, ".bin")}${delimiter}${process.env.PATH}`,
    },
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A terminal sends Ctrl-C to both; the child decides when it is done.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  // npm started by a service manager dies of a SIGTERM without passing it on; what it leaves behind is us.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
  child.on("error", (error) => fail(String(error)));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

if (Number.parseInt(process.versions.node, 10) < 20) {
  fail(
    `Ratebook needs Node 20 or newer to be started, and this is ${process.versions.node}. Install Node 24 and try again`,
  );
}
const [name = "", ...args] = process.argv.slice(2);
if (name === "build") {
  installWhatIsMissing();
  buildWhatIsStale(findNode());
} else {
  const command =
    (name === "ratebook" ? findLocal(args) : undefined) ??
    COMMANDS[name] ??
    fail(`Unknown command "${name}". There are: ${Object.keys(COMMANDS).join(", ")}, build`);
  installWhatIsMissing();
  const node = findNode();
  if (command.pages) buildWhatIsStale(node);
  becomeProcess(node, [...command.entry, ...args], command.env);
}
