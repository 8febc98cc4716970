import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

const SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const SYSTEM_PATHS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function findInstalled(): string | undefined {
  const given = process.env["CHROMIUM_PATH"];
  if (given !== undefined && given !== "") {
    if (!existsSync(given)) throw new Error(`CHROMIUM_PATH is ${given}, and there is no such file`);
    return given;
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = [...folders.flatMap((folder) => SYSTEM_NAMES.map((name) => join(folder, name))), ...SYSTEM_PATHS];
  return [...candidates, chromium.executablePath()].find((path) => existsSync(path));
}

function tryTo(command: string, args: readonly string[]): boolean {
  process.stdout.write(`No browser found; trying: ${[command, ...args].join(" ")}\n`);
  return spawnSync(command, args, { stdio: "inherit" }).status === 0;
}

/** The path of a Chromium or Chrome: one that is there, else one that is installed now. Throws with what to do. */
export function findBrowser(): string {
  const found = findInstalled();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    if (tryTo("apt-get", ["update", "-qq"])) tryTo("apt-get", ["install", "-y", "-qq", "chromium"]);
    const installed = findInstalled();
    if (installed !== undefined) return installed;
  }
  tryTo("playwright", ["install", "chromium"]);
  const installed = findInstalled();
  if (installed !== undefined) return installed;
  throw new Error("The browser tests need Chromium or Chrome. Install one, or set CHROMIUM_PATH to its program");
}
