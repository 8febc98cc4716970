import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** The packages that the browser loads for the screens, with the code of `terms/` and `price/` that they use. */
async function packagesOfScreens(): Promise<ReadonlySet<string>> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".tsx"));
  const texts = await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
  );
  const input = texts.filter(({ text }) => text.startsWith('"use client"')).map(({ name }) => join(folder, name));
  const bundle = await rolldown({
    input,
    external: [/^[^#./]/, /\.css$/],
    cwd: join(folder, "../.."),
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  return new Set(
    output.flatMap((chunk) => (chunk.type === "chunk" ? [...chunk.imports, ...chunk.dynamicImports] : [])),
  );
}

test("no screen loads zod, 31 KB after gzip, to check what the server has checked", async () => {
  const packages = await packagesOfScreens();
  expect(packages).toContain("@mantine/core");
  expect(packages).not.toContain("zod");
});
