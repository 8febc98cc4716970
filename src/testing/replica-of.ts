import { spawnSync } from "node:child_process";
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDriver } from "#/platform/database.ts";
import { openEmbeddedPostgres, type EmbeddedPostgres } from "#/platform/embedded-postgres.ts";

/** A streaming replica, in `dataDir`, of the embedded Postgres that runs on `primary.dataDir`. */
export async function openReplicaOf(
  primary: Readonly<{ url: string; dataDir: string }>,
  dataDir: string,
): Promise<EmbeddedPostgres> {
  const cluster = join(dataDir, "postgres");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const sql = openDriver(primary.url, { max: 1, name: "base backup" });
  await sql`select pg_backup_start('replica', true)`;
  for (const name of ["postgres", "postgres.password"]) copy(join(primary.dataDir, name), join(dataDir, name));
  const [backup] = await sql`select labelfile from pg_backup_stop(false)`;
  await sql.end();
  // Written into files that were copied, or beside them, so that they belong to whom Postgres runs as.
  await rm(join(cluster, "postmaster.pid"), { force: true });
  for (const name of ["backup_label", "standby.signal"]) copy(join(cluster, "PG_VERSION"), join(cluster, name));
  await writeFile(join(cluster, "backup_label"), String(backup?.labelfile));
  const { hostname, port, username, password } = new URL(primary.url);
  await appendFile(
    join(cluster, "postgresql.auto.conf"),
    `\nprimary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password} sslmode=disable'\n`,
  );
  return openEmbeddedPostgres(dataDir);
}

function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync("cp", ["-a", from, to], { encoding: "utf8" });
  // A file of a running server may go while it is copied; its log has what it held.
  if (status !== 0 && !stderr.split("\n").every((line) => line === "" || /No such file/.test(line)))
    throw new Error(stderr);
}
