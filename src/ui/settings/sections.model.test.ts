import { expect, test } from "vitest";
import { firstSection } from "#/ui/settings/sections.model.ts";

test("the settings open at the first section that the reader may see", () => {
  expect([firstSection("admin"), firstSection("operator"), firstSection("viewer")]).toEqual([
    "/settings/people",
    "/settings/webhooks",
    "/settings/webhooks",
  ]);
});
