import { afterEach, expect, vi } from "vitest";

/** What the code says on `console.error` is a fault that nobody handled: it fails the test that caused it. */
const said = vi.spyOn(console, "error");
afterEach(() => {
  const calls = said.mock.calls.splice(0);
  expect(calls).toEqual([]);
});
