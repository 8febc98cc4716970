import satisfies from "spdx-satisfies";
import { z } from "zod";
import { run } from "#/testing/pack-package.ts";

/** Fails when a package that is installed with Ratebook, on any platform, has a licence that is not in the list. */

/** What may be installed with Ratebook: everything that lets anybody use and pass it on, changed or not, in a product of any kind. */
const ALLOWED = [
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "Unlicense",
  "CC0-1.0",
  // The data of caniuse-lite.
  "CC-BY-4.0",
  // libvips, which Next takes along for pictures as a library of its own. Ratebook has none to resize, and the image leaves it out.
  "LGPL-3.0-or-later",
];
/** Packages whose manifest has no identifier, with what they say instead. */
const IN_OTHER_WORDS: Readonly<Record<string, string>> = { "jsonify@0.0.1": "Public Domain" };

const bill = z.object({
  components: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      licenses: z
        .array(
          z.union([
            z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
            z.object({ expression: z.string() }).transform(({ expression }) => expression),
          ]),
        )
        .default([]),
    }),
  ),
});

const { stdout } = await run("npm", ["run", "--silent", "sbom"], { cwd: "." });
const { components } = bill.parse(JSON.parse(stdout));
const unfit = components.filter(({ name, version, licenses }) => {
  if (`${name}@${version}` in IN_OTHER_WORDS) return false;
  return licenses.length === 0 || !licenses.every((licence) => satisfies(licence, ALLOWED));
});
for (const { name, version, licenses } of unfit)
  process.stdout.write(
    `${name} ${version} has the licence ${licenses.join(" and ") || "none"}, which is not in the list\n`,
  );
process.exitCode = unfit.length === 0 ? 0 : 1;
