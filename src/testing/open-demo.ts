import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "#/testing/open-stack.ts";

export type OpenDemo = Readonly<{
  url: string;
  marketUrl: string;
  apiKey: string;
  login: Readonly<{ email: string; password: string }>;
  close: () => Promise<void>;
}>;

/** `npm run demo` in its production build, at a port and with data of its own, which are gone when it is closed. */
export async function openDemo(): Promise<OpenDemo> {
  const folder = await mkdtemp(join(tmpdir(), "ratebook-demo-"));
  const demo = await startProcess({
    entry: "src/demo.ts",
    ready: /^Stop with/m,
    env: { NODE_ENV: "production", LOG_LEVEL: "warn", RATEBOOK_DATA_DIR: folder, PORT: "0" },
  });
  /** What the demo says of itself. */
  const find = (line: RegExp): string => {
    const found = line.exec(demo.output())?.[1];
    if (found === undefined) throw new Error(`The demo does not say ${line.source}:\n${demo.output()}`);
    return found;
  };
  return {
    url: find(/ready at (\S+)/),
    marketUrl: new URL(find(/market is at (\S+?);/)).origin,
    apiKey: find(/API key +(\S+)/),
    login: { email: find(/e-mail +(\S+)/), password: find(/password +(\S+)/) },
    async close() {
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
