import { expect, test } from "vitest";
import { nameBrowser } from "#/access/name-browser.ts";

test.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
    "Chrome 148 on Linux",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Safari 18 on macOS",
  ],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145 on Windows"],
])("%s is %s", (agent, words) => {
  expect(nameBrowser(agent)).toBe(words);
});

test("what is no browser keeps its own name, and what says nothing is unknown", () => {
  expect(nameBrowser("a-script of ours")).toBe("a-script of ours");
  expect(nameBrowser("")).toBe("unknown");
});
