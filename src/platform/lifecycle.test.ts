import { expect, test } from "vitest";
import { createLifecycle } from "#/platform/lifecycle.ts";

test("what was opened last is closed first, once, and past a closer that fails", async () => {
  const order: string[] = [];
  const lifecycle = createLifecycle();
  lifecycle.onClose("pool", () => void order.push("pool"));
  lifecycle.onClose("queue", () => {
    throw new Error("boom");
  });
  lifecycle.onClose("http", () => void order.push("http"));

  await expect(Promise.all([lifecycle.close(), lifecycle.close()])).rejects.toThrow("shutdown was not clean");
  expect(order).toEqual(["http", "pool"]);
});
