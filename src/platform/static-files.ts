import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import pMap from "p-map";

/** What is text, and so gets several times shorter. Fonts and pictures are compressed already. */
const PACKED_TYPES = new Set([".js", ".css", ".json", ".svg", ".txt", ".html"]);

/** Writes every text file of a folder beside itself in both encodings, as `NAME.br` and `NAME.gz`. Done once, so as small as can be. */
export async function packStaticFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && PACKED_TYPES.has(extname(entry.name)));
  await pMap(files, ({ parentPath, name }) => packFile(join(parentPath, name)), { concurrency: 4 });
}

async function packFile(path: string): Promise<void> {
  const plain = await readFile(path);
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  await Promise.all([
    promisify(brotliCompress)(plain, { params }).then((packed) => writeFile(`${path}.br`, packed)),
    promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }).then((packed) => writeFile(`${path}.gz`, packed)),
  ]);
}

/**
 * Serves the files of a folder whose names change with their contents, packed where `packStaticFiles` has been over them. A browser
 * asks for each of them once. What is no such file is left to other routes.
 */
export async function installStaticFiles(
  app: FastifyInstance,
  { folder, prefix }: Readonly<{ folder: string; prefix: string }>,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    prefix,
    // A route for each file: the folder is not looked at again for every request.
    wildcard: false,
    globIgnore: ["**/*.{br,gz}"],
    index: false,
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: "365d",
  });
}
