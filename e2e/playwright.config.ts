import { defineConfig } from "@playwright/test";

const executablePath = process.env["CHROMIUM_PATH"];

export default defineConfig({
  testDir: ".",
  // One stack for all: the tests steer its market.
  workers: 1,
  fullyParallel: false,
  // Catches what hangs; how long a page may take is not said here.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  ...(process.env["E2E_FORM"] === "long" ? {} : { grepInvert: /@long/ }),
  reporter: [["list"]],
  outputDir: "../test-results",
  use: {
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
