import { describe, expect, test } from "vitest";
import { modelHref } from "#/price/model-href.ts";
import { readModelPath } from "#/ui/price/model-path.model.ts";

function readHref(href: string) {
  const { pathname } = new URL(href, "http://host");
  const [, , seller = "", ...model] = pathname.split("/");
  return readModelPath({ seller, model });
}

describe("the address of a model", () => {
  test("keeps the slashes of an id readable", () => {
    expect(modelHref({ seller: "openrouter", model: "deepseek/deepseek-r1:free", variant: "default" })).toBe(
      "/prices/openrouter/deepseek/deepseek-r1%3Afree",
    );
  });

  test("names a variant that is not the default", () => {
    expect(modelHref({ seller: "a", model: "m", variant: "eu west" })).toBe("/prices/a/m?variant=eu%20west");
  });

  test.each(["a/b", "a//b", "/a", "a/../b", "50% off", "a?b#c", "ä/名"])("leads back to %s", (model) => {
    expect(readHref(modelHref({ seller: "x/y", model, variant: "default" }))).toEqual({ seller: "x/y", model });
  });
});
