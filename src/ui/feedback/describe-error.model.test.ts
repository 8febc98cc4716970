import { TRPCClientError } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { describeError, isFinal, isSignedOut } from "#/ui/feedback/describe-error.model.ts";

function apiError(httpStatus: number, message: string) {
  return TRPCClientError.from({ error: { code: -32_000, message, data: { httpStatus, requestId: "r-1" } } });
}

describe("an error in words", () => {
  test("carries the server's message and the id to quote", () => {
    expect(describeError(apiError(404, "There is no sync x"))).toEqual({
      message: "There is no sync x",
      requestId: "r-1",
    });
  });

  test("says that the server can't be reached when nothing answered", () => {
    expect(describeError(TRPCClientError.from(new TypeError("Failed to fetch"))).message).toMatch(/can't be reached/);
  });

  test("is final when asking again would get the same answer", () => {
    expect([401, 403, 404, 422].map((status) => isFinal(apiError(status, "")))).toEqual([true, true, true, true]);
    expect([429, 500, 503].map((status) => isFinal(apiError(status, "")))).toEqual([false, false, false]);
    expect(isFinal(new TypeError("Failed to fetch"))).toBe(false);
  });

  test("knows when the session has ended", () => {
    expect(isSignedOut(apiError(401, ""))).toBe(true);
    expect(isSignedOut(apiError(403, ""))).toBe(false);
  });
});
