import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import dockerignore from "@balena/dockerignore";
import { Cmd, Copy, DockerfileParser, Env, From, Healthcheck, type Instruction } from "dockerfile-ast";

export type Image = Readonly<{
  /** The folder that stands for the image's root; what the base image holds is not in it. */
  root: string;
  /** Where in `root` programs run. */
  folder: string;
  env: Readonly<Record<string, string>>;
  user: string;
  command: readonly string[];
  healthcheck: readonly string[];
}>;

type Stage = { -readonly [K in keyof Image]: Image[K] };
type Build = Readonly<{ context: string; files: readonly string[]; target: string; stages: Map<string, Stage> }>;

/**
 * Does what a Dockerfile says without a container engine: every stage is a folder below `target`, COPY copies, and RUN runs in a
 * shell of this machine and in its environment. For images of Node, whose version has to be that of this process. Throws for every instruction that it
 * does not know, so a Dockerfile that passes is one that was carried out whole.
 */
export async function buildDockerfile(context: string, target: string): Promise<Image> {
  const text = await readFile(join(context, "Dockerfile"), "utf8");
  const build: Build = { context, files: await listContext(context), target, stages: new Map() };
  let stage: Stage | undefined;
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    process.stdout.write(`${instruction.getKeyword()} ${instruction.getArgumentsContent() ?? ""}\n`);
    if (instruction instanceof From) stage = await openStage(build, instruction);
    else if (stage === undefined) throw new Error("The Dockerfile does not begin with FROM");
    else await carryOut(build, stage, instruction);
  }
  if (stage === undefined) throw new Error("The Dockerfile is empty");
  return stage;
}

/** The files that .dockerignore lets through, from the project's folder. */
async function listContext(context: string): Promise<string[]> {
  const ignore = dockerignore().add(await readFile(join(context, ".dockerignore"), "utf8"));
  const files: string[] = [];
  for (const { name } of await readdir(context, { withFileTypes: true })) {
    // These are never let through, and hold hundreds of thousands of files.
    if ([".git", "node_modules", ".next"].includes(name)) continue;
    const below = await readdir(join(context, name), { recursive: true }).catch(() => []);
    files.push(name, ...below.map((path) => join(name, path)));
  }
  return ignore.filter(files);
}

async function openStage({ target, stages }: Build, from: From): Promise<Stage> {
  const image = from.getImage() ?? "";
  if (!image.startsWith(`node:${process.versions.node}-`))
    throw new Error(`${image} is not built here, where Node is ${process.versions.node}`);
  const name = from.getBuildStage() ?? "final";
  const root = join(target, name);
  await mkdir(root, { recursive: true });
  const stage: Stage = { root, folder: root, env: {}, user: "root", command: [], healthcheck: [] };
  stages.set(name, stage);
  return stage;
}

async function carryOut(build: Build, stage: Stage, instruction: Instruction): Promise<void> {
  if (instruction instanceof Copy) return copy(build, stage, instruction);
  if (instruction instanceof Env) return setEnvironment(stage, instruction);
  if (instruction instanceof Healthcheck) return setHealthcheck(stage, instruction);
  if (instruction instanceof Cmd) {
    stage.command = instruction.getJSONStrings().map((part) => part.getJSONValue());
    return;
  }
  const words = instruction.getArgumentsContent() ?? "";
  switch (instruction.getKeyword()) {
    case "WORKDIR":
      stage.folder = words.startsWith("/") ? join(stage.root, words) : join(stage.folder, words);
      await mkdir(stage.folder, { recursive: true });
      return;
    case "RUN":
      return runShell(stage, words);
    case "USER":
      stage.user = words;
      return;
    case "EXPOSE":
      return;
    default:
      throw new Error(`${instruction.getKeyword()} is not known here`);
  }
}

async function copy({ context, files, stages }: Build, stage: Stage, instruction: Copy): Promise<void> {
  const paths = instruction.getArguments().map((argument) => argument.getValue());
  const to = paths.pop() ?? "";
  const from = instruction.getFromFlag()?.getValue() ?? undefined;
  for (const path of paths) {
    const target = to.endsWith("/")
      ? join(stage.folder, to, path === "." ? "" : basename(path))
      : join(stage.folder, to);
    if (from !== undefined) {
      const source = stages.get(from);
      if (source === undefined) throw new Error(`There is no stage ${from}`);
      await cp(join(source.root, path), target, { recursive: true, verbatimSymlinks: true });
      continue;
    }
    const wanted = files.filter((file) => path === "." || file === path || file.startsWith(`${path}/`));
    if (wanted.length === 0) throw new Error(`.dockerignore lets nothing of ${path} through`);
    for (const file of wanted) {
      const at = join(target, path === "." ? file : file.slice(path.length));
      await mkdir(dirname(at), { recursive: true });
      await cp(join(context, file), at, { recursive: false, preserveTimestamps: true }).catch(ignoreFolder);
    }
  }
}

/** A folder comes with the files in it. */
function ignoreFolder(error: NodeJS.ErrnoException): void {
  if (error.code !== "ERR_FS_EISDIR") throw error;
}

function setEnvironment(stage: Stage, instruction: Env): void {
  const pairs = instruction.getProperties().map((property) => [property.getName(), property.getValue() ?? ""]);
  stage.env = { ...stage.env, ...Object.fromEntries(pairs) };
}

function setHealthcheck(stage: Stage, instruction: Healthcheck): void {
  const [, ...parts] = instruction.getArguments().map((argument) => argument.getValue());
  stage.healthcheck = JSON.parse(parts.join(" ")) as string[];
}

function runShell({ folder, env }: Stage, line: string): void {
  const { status } = spawnSync("/bin/sh", ["-c", line], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`RUN ${line} ended with ${status}`);
}
