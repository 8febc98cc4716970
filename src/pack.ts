import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { z } from "zod";

// `npm pack` runs this before and after it: what is packed is the client and the command, and nothing of the server.
const ORIGINAL = "package.json.unpacked";
/** What is left of the manifest: everything a package without dependencies or scripts needs. */
const KEPT = [
  "name",
  "version",
  "private",
  "description",
  "license",
  "type",
  "bin",
  "exports",
  "files",
  "engines",
] as const;

const steps = { before: pack, after: restoreManifest };
const step = steps[z.enum(["before", "after"]).parse(process.argv[2])];
await step();

async function pack(): Promise<void> {
  const text = await readFile("package.json", "utf8");
  const manifest = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  if (!("dependencies" in manifest)) throw new Error("A pack was broken off: run `node src/pack.ts after` first");
  await rm("dist", { recursive: true, force: true });
  const modules = await bundlePrograms();
  await Promise.all([writeLicenses(modules), writeDeclarations()]);
  const kept = Object.fromEntries(KEPT.map((key) => [key, manifest[key]]));
  await writeFile(ORIGINAL, text);
  await writeFile("package.json", `${JSON.stringify(kept, null, 2)}\n`);
}

/** Also what mends the checkout after a pack that was killed. */
async function restoreManifest(): Promise<void> {
  if (existsSync(ORIGINAL)) await rename(ORIGINAL, "package.json");
}

/** JavaScript that stands alone; answers the files it was made of. */
async function bundlePrograms(): Promise<readonly string[]> {
  const bundle = await rolldown({
    input: { client: "src/client/main.ts", cli: "src/cli/main.ts" },
    platform: "node",
    // Else a comment names the file that each part comes from, as a path on the machine that packs.
    experimental: { attachDebugInfo: "none" },
    // What was not found would only be missed where it is installed.
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message);
    },
  });
  const { output } = await bundle.write({ dir: "dist", format: "esm", chunkFileNames: "[name].js" });
  await bundle.close();
  await chmod("dist/cli.js", 0o755);
  return output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}

/** The licences of the packages that are in the bundle ask for it. */
async function writeLicenses(modules: readonly string[]): Promise<void> {
  const folders = modules.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const texts = [...new Set(folders)].toSorted().map(async (folder) => {
    const file = (await readdir(folder)).find((name) => /^licen[sc]e/i.test(name));
    if (file === undefined) throw new Error(`${folder} has no licence to pass on`);
    return `${folder.slice(folder.lastIndexOf("node_modules/") + 13)}\n\n${await readFile(join(folder, file), "utf8")}`;
  });
  await writeFile("dist/LICENSES.txt", (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n`));
}

/** Declarations of the client and of the terms that they name, side by side; they import nothing but each other. */
async function writeDeclarations(): Promise<void> {
  const emitted = "dist/emitted";
  const { status } = spawnSync("tsc", ["-p", "src/client", "--outDir", emitted], {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("The client's declarations could not be written");
  await mkdir("dist/types");
  const wanted = ["main.d.ts"];
  for (const file of wanted) {
    const found = ["client", "terms"].map((room) => join(emitted, room, file)).filter((path) => existsSync(path));
    const [path = "", other] = found;
    if (other !== undefined) throw new Error(`${file} is of two rooms, and would be packed as one`);
    const declaration = closeDeclaration(await readFile(path, "utf8"));
    for (const [, name = ""] of declaration.matchAll(/"\.\/([\w-]+)\.js"/g)) {
      if (!wanted.includes(`${name}.d.ts`)) wanted.push(`${name}.d.ts`);
    }
    await writeFile(join("dist/types", file), declaration);
  }
  await rm(emitted, { recursive: true });
}

/** Imports of the two rooms become relative ones, and tRPC's word for a record in JSON plain TypeScript. Throws for any other. */
function closeDeclaration(text: string): string {
  const closed = text
    .replaceAll(/"#\/(?:client|terms)\/([\w-]+)\.ts"/g, '"./$1.js"')
    .replaceAll('import("@trpc/server/unstable-core-do-not-import").SerializeRecord<', "Pick<");
  const open = /(?:from|import\()\s*["'](?!\.\/)[^"']*["']/.exec(closed);
  if (open !== null) throw new Error(`A declaration of the client needs ${open[0]}, which is not in the package`);
  return closed;
}
