import { expect, test } from "vitest";
import { readNextPath } from "#/ui/sign-in/next-path.model.ts";

test.each(["/", "/prices?q=gpt", "/prices/openai/gpt-5%2Fx?variant=eu#top"])("signing in leads on to %s", (next) => {
  expect(readNextPath(next)).toBe(next);
});

test.each([
  null,
  "",
  "models",
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "javascript:alert(1)",
  "/sign-in?next=/",
])("signing in never leads to %j", (next) => {
  expect(readNextPath(next)).toBe("/");
});
