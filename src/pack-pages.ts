import { fileURLToPath } from "node:url";
import { packStaticFiles } from "#/platform/static-files.ts";

// `npm run build` runs this over the files that Next has written for browsers.
await packStaticFiles(fileURLToPath(new URL("../.next/static", import.meta.url)));
