import { execFile, type ExecFileException } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = join(root, "node_modules", ".bin");

type Ran = Readonly<{ code: number; stdout: string; stderr: string }>;
type RunOptions = Readonly<{ cwd: string; env?: Readonly<Record<string, string>>; onStderr?: () => void }>;

/** Runs a program to its end; the project's Node comes first, and what npm tells its scripts is forgotten. */
export function run(program: string, args: readonly string[], { cwd, env = {}, onStderr }: RunOptions): Promise<Ran> {
  const options = { cwd, env: { ...process.env, PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}`, ...env } };
  for (const name of Object.keys(options.env)) if (/^npm_/i.test(name)) Reflect.deleteProperty(options.env, name);
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error: ExecFileException | null, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      resolve({ code, stdout, stderr });
    });
    if (onStderr !== undefined) child.stderr?.on("data", onStderr);
  });
}

/**
 * `npm pack` in a copy of the checkout, as other tests read the checkout itself, and `npm install` of what came of it
 * into an empty project, without a network.
 */
export async function openPackedProject() {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-pack-"));
  const checkout = join(folder, "checkout");
  const project = join(folder, "project");
  await must(run("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root })).then(({ stdout }) =>
    copyFiles(
      stdout.split("\0").filter((file) => file !== ""),
      checkout,
    ),
  );
  await symlink(join(root, "node_modules"), join(checkout, "node_modules"));
  const { stdout } = await must(run("npm", ["pack"], { cwd: checkout }));
  const tarball = stdout.trim().split("\n").at(-1) ?? "";
  await mkdir(project);
  await writeFile(join(project, "package.json"), JSON.stringify({ name: "scripts", private: true, type: "module" }));
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(checkout, tarball)];
  await must(run("npm", install, { cwd: project }));
  return { checkout, project, tarball, close: () => rm(folder, { recursive: true, force: true }) };
}

async function copyFiles(files: readonly string[], target: string): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await cp(join(root, file), join(target, file)).catch((error: NodeJS.ErrnoException) => {
      // Listed still, and deleted already.
      if (error.code !== "ENOENT") throw error;
    });
  }
}

async function must(running: Promise<Ran>): Promise<Ran> {
  const ran = await running;
  if (ran.code !== 0) throw new Error(`ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`);
  return ran;
}

/** The fenced blocks of a document; those that begin with `// NAME` by that name. */
export async function readExamples(document: string) {
  const text = await readFile(join(root, document), "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", block = ""]) => ({
    language,
    text: block,
    name: /^\/\/ (\S+)\n/.exec(block)?.[1],
  }));
  return {
    programs: new Map(blocks.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text] as const]))),
    /** Lines for a shell. */
    lines: blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n")),
    /** What is neither. */
    others: blocks.filter(({ language, name }) => language !== "sh" && name === undefined),
  };
}
