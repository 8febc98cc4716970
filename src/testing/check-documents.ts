import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { readCommandTree } from "#/cli/command-tree.ts";
import { createProgram } from "#/cli/run-cli.ts";
import { USUAL_PACE } from "#/cli/session.ts";
import { createRatebookClient } from "#/client/ratebook-client.ts";
import { listRoutes } from "#/testing/list-routes.ts";
import { z } from "zod";

/**
 * Fails when a document cites a path, script, environment name, route or command that is not there, or the lockfile is not complete.
 */
const problems: string[] = [];

const manifest = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(await readFile("package.json", "utf8")));
const documents = [
  ...(await readdir(".")).filter((file) => file.endsWith(".md")),
  ...(await readdir("docs", { recursive: true })).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`),
];
const source = await readFile("src/config.ts", "utf8");
const example = await readFile(".env.example", "utf8");
const environment = new Set([...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1]));
const CLIENT_ENVIRONMENT = new Set([
  "RATEBOOK_URL",
  "RATEBOOK_API_KEY",
  "CHROMIUM_PATH",
  "NODE_ENV",
  "CHAOS_SEED",
  "NO_COLOR",
]);

/** Railway reads these, or hands them to every process; OpenTelemetry's SDK reads those. */
const OTHERS_ENVIRONMENT = /^(?:RAILWAY|OTEL)_/;
const { isRoute } = await listRoutes();
const isCommand = listCommands();

for (const file of documents) {
  const text = await readFile(file, "utf8");
  // It may name what is not there any more.
  const isHistory = file === "CHANGELOG.md";
  for (const [, path = ""] of text.matchAll(/`((?:src|e2e|perf|docs|drizzle|\.ci)\/[\w./-]*)`/g)) {
    if (!existsSync(path)) problems.push(`${file} cites ${path}, which is not there`);
  }
  for (const [, path = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    if (!existsSync(new URL(path, `file://${process.cwd()}/${file}`)))
      problems.push(`${file} links to ${path}, which is not there`);
  }
  for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
    if (!(script in manifest.scripts)) problems.push(`${file} cites the script ${script}, which is not there`);
  }
  for (const [, name = ""] of text.matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)) {
    if (!environment.has(name) && !CLIENT_ENVIRONMENT.has(name) && !OTHERS_ENVIRONMENT.test(name))
      problems.push(`${file} cites the environment name ${name}, which nothing reads`);
  }
  for (const [, route = ""] of text.matchAll(/`(?:(?:GET|POST) )?(\/(?!var\/|etc\/)[a-z][^`\s]*)`/g)) {
    if (!isHistory && !isRoute(route)) problems.push(`${file} cites the route ${route}, which nothing serves`);
  }
  for (const [, words = ""] of text.matchAll(/(?:^|[`| ]|-- )ratebook ((?:[a-z][a-z-]+ ?)+)/gm)) {
    if (!isHistory && !isCommand(words))
      problems.push(`${file} cites the command ratebook ${words.trim()}, which is not there`);
  }
}
for (const name of environment) if (!example.includes(`${name}=`)) problems.push(`.env.example leaves out ${name}`);

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});
const { packages } = lockSchema.parse(JSON.parse(await readFile("package-lock.json", "utf8")));
for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
  for (const name of Object.keys(optionalDependencies)) {
    const found =
      `${path === "" ? "" : `${path}/`}node_modules/${name}` in packages || `node_modules/${name}` in packages;
    if (!found) problems.push(`package-lock.json leaves out ${name}, which ${path} may need on another platform`);
  }
}

for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Whether words begin with a command of `ratebook`; of a group, with one of its own. */
function listCommands(): (words: string) => boolean {
  const silent = { write: () => true };
  const io = { stdout: silent, stderr: silent, env: {}, interrupted: new AbortController().signal };
  const program = createProgram({ ...io, createClient: createRatebookClient, pace: USUAL_PACE }, async () => {});
  const tree = readCommandTree(program);
  const paths = new Set(tree.map(({ path }) => path));
  const groups = new Set(
    tree
      .filter(({ argument, subcommands }) => subcommands.length > 0 && argument === undefined)
      .map(({ path }) => path),
  );
  return (words) => {
    const [first = "", second] = words.trim().split(" ");
    return paths.has(first) && (second === undefined || !groups.has(first) || paths.has(`${first} ${second}`));
  };
}
