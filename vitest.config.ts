import { defineConfig } from "vitest/config";
import { NODE_FLAGS } from "./src/node-flags.mjs";

export default defineConfig({
  test: {
    // An odd zone, so that a test that leans on local time fails everywhere.
    env: { TZ: "Asia/Kathmandu" },
    execArgv: NODE_FLAGS,
    setupFiles: ["src/testing/refuse-console-errors.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "pure",
          // Pure modules keep no state, so the files can share their modules: four times as quick.
          isolate: false,
          include: ["src/**/*.test.ts"],
          exclude: ["src/**/*.{http,db}.test.ts"],
          // Properties of thousands of cases, on a machine that may be busy with other work.
          testTimeout: 60_000,
        },
      },
      // Real HTTP on loopback, but no database.
      { extends: true, test: { name: "http", include: ["src/**/*.http.test.ts"] } },
      {
        extends: true,
        test: {
          name: "db",
          include: ["src/**/*.db.test.ts"],
          globalSetup: ["src/testing/database-setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // More than processors: most of them wait for a lease, a process or a limit to run out.
          maxWorkers: 4,
        },
      },
    ],
  },
});
