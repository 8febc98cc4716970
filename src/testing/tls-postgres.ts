import { appendFile, chmod, chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedPostgres, type EmbeddedPostgres } from "#/platform/embedded-postgres.ts";
import { AUTHORITY, SERVER_CERTIFICATE, SERVER_KEY } from "#/testing/tls-certificates.ts";

export type TlsPostgres = Readonly<{
  /** Its address under another host name, and with other parameters. */
  urlAt: (host: string, parameters: Readonly<Record<string, string>>) => string;
  /** The file with the authority that signed its certificate. */
  authorityFile: string;
  close: () => Promise<void>;
}>;

/** The embedded Postgres with `ssl = on`; undefined where its binaries were built without OpenSSL. */
export async function openTlsPostgres(): Promise<TlsPostgres | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-tls-"));
  const plain = await openEmbeddedPostgres(folder);
  await plain.close();
  await giveCertificate(join(folder, "postgres"));
  const authorityFile = join(folder, "authority.crt");
  await writeFile(authorityFile, AUTHORITY);
  const server = await openEmbeddedPostgres(folder).catch((error: unknown) => {
    if (String(error).includes("not supported by this build")) return undefined;
    throw error;
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  if (server === undefined) return remove().then(() => undefined);
  return {
    urlAt: (host, parameters) => urlAt(server, host, parameters),
    authorityFile,
    async close() {
      await server.close();
      await remove();
    },
  };
}

async function giveCertificate(cluster: string): Promise<void> {
  const { uid, gid } = await stat(cluster);
  const key = join(cluster, "server.key");
  await writeFile(join(cluster, "server.crt"), SERVER_CERTIFICATE);
  await writeFile(key, SERVER_KEY);
  // Postgres refuses a key that others may read or that another user owns.
  await chmod(key, 0o600);
  for (const file of [key, join(cluster, "server.crt")]) await chown(file, uid, gid);
  await appendFile(join(cluster, "postgresql.conf"), "\nssl = on\n");
}

function urlAt(server: EmbeddedPostgres, host: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(server.url);
  url.hostname = host;
  url.search = new URLSearchParams(parameters).toString().replaceAll("+", "%20");
  return url.href;
}
