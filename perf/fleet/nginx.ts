import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "#/testing/eventually.ts";

const CONFIGURATION = fileURLToPath(new URL("../../deploy/nginx.conf", import.meta.url));
const PROGRAMS = ["nginx", "/usr/sbin/nginx"];

export type Nginx = Readonly<{
  /** Everybody's door, where nothing is kept. */
  url: string;
  /** The gateways' door, which answers exports from a cache. */
  gatewaysUrl: string;
  stop: () => Promise<void>;
}>;

type Options = Readonly<{
  /** An existing folder, for files that whoever owns it removes. */
  folder: string;
  /** Where the web processes are. */
  webs: readonly string[];
  key: string;
  /** Keeps an answer until the end of the second, as the file offers to. */
  keepsASecond?: boolean;
}>;

/** The program, or `undefined` when it is not installed. */
export function findNginx(): string | undefined {
  return PROGRAMS.find((program) => spawnSync(program, ["-v"]).status === 0);
}

/** Starts nginx with the configuration that operators are given; only addresses and paths are others. */
export async function startNginx(program: string, options: Options): Promise<Nginx> {
  const folder = await mkdtemp(join(options.folder, "nginx-"));
  await mkdir(join(folder, "temporary"));
  const [door, gateways, renewal] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const given = await readFile(CONFIGURATION, "utf8");
  await writeFile(join(folder, "ratebook.conf"), fillIn(given, { ...options, folder, door, gateways, renewal }));
  await writeFile(join(folder, "key"), `proxy_set_header Authorization "Bearer ${options.key}";\n`, { mode: 0o600 });
  await writeFile(join(folder, "nginx.conf"), frameOf(folder));
  const errors = join(folder, "errors");
  const child = spawn(program, ["-p", folder, "-e", errors, "-c", join(folder, "nginx.conf")], { stdio: "inherit" });
  const exit = once(child, "exit");
  const kill = () => void child.kill();
  process.once("exit", kill);
  await eventually("nginx answers", async () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${await readFile(errors, "utf8")}`);
    return fetch(`http://127.0.0.1:${gateways}/`).then(
      () => true,
      () => false,
    );
  });
  return {
    url: `http://127.0.0.1:${door}`,
    gatewaysUrl: `http://127.0.0.1:${gateways}`,
    async stop() {
      process.off("exit", kill);
      child.kill();
      await exit;
    },
  };
}

type Places = Omit<Options, "key"> & Readonly<{ door: number; gateways: number; renewal: number }>;

function fillIn(given: string, { folder, webs, keepsASecond, door, gateways, renewal }: Places): string {
  const servers = webs.map((web) => `    server ${new URL(web).host}`);
  const swaps: readonly (readonly [from: string, to: string])[] = [
    [
      "    server 10.0.0.11:3000",
      servers
        .slice(0, -1)
        .map((server) => `${server} max_fails=1 fail_timeout=1s;\n`)
        .join("") + (servers.at(-1) ?? ""),
    ],
    ["    server 10.0.0.12:3000", "    # another one:"],
    ["listen 80;", `listen 127.0.0.1:${door};`],
    ["listen 8080;", `listen 127.0.0.1:${gateways};`],
    ["127.0.0.1:8079", `127.0.0.1:${renewal}`],
    ["/etc/nginx/ratebook-key", join(folder, "key")],
    ["/var/cache/nginx/ratebook", join(folder, "cache")],
    ...(keepsASecond === true ? [["X-Accel-Expires @1;", 'X-Accel-Expires "@$ratebook_second";'] as const] : []),
  ];
  return swaps.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${CONFIGURATION} says "${from}" no more`);
    return text.replaceAll(from, to);
  }, given);
}

/** What the distribution's own nginx.conf is around the file. */
function frameOf(folder: string): string {
  return `
daemon off;
${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes auto;
pid ${join(folder, "pid")};
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 10000000;
    client_body_temp_path ${join(folder, "temporary/body")};
    proxy_temp_path ${join(folder, "temporary/proxy")};
    include ${join(folder, "ratebook.conf")};
}
`;
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("a port has no number");
  return address.port;
}
