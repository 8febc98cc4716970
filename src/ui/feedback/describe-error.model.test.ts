import { TRPCClientError } from "@trpc/client";
import { describe, expect, test } from "vitest";
import { describeError, isFinal, isSignedOut, RefusedError } from "#/ui/feedback/describe-error.model.ts";

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

  test("tells an ended session, a role that is too low and too many requests apart from a server that is away", () => {
    const words = (error: unknown) => describeError(error).message;
    const forbidden = 'This needs the role "admin"; yours is "viewer"';
    const limited = "Too many requests; try again in 7 s";
    expect(words(apiError(401, "Sign in, or send an API key"))).toMatch(/session has ended/);
    expect(words(new RefusedError("Sign in, or send an API key", 401))).toMatch(/session has ended/);
    expect(words(apiError(403, forbidden))).toBe(forbidden);
    expect(words(apiError(429, limited))).toBe(limited);
    expect(words(TRPCClientError.from(new SyntaxError("Unexpected token <")))).toMatch(/can't be reached/);
    expect(words(new TypeError("Failed to fetch"))).not.toMatch(/by itself/);
  });

  test("knows when the session has ended", () => {
    expect(isSignedOut(new RefusedError("Sign in", 401))).toBe(true);
    expect(isSignedOut(apiError(401, ""))).toBe(true);
    expect(isSignedOut(apiError(403, ""))).toBe(false);
  });
});
