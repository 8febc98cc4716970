import { expect, test } from "vitest";
import { parseRetryAfter } from "#/platform/retry-after.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");

test.each([
  ["120", 120],
  [" 0 ", 0],
  ["999999999999", 86_400],
  ["Sat, 01 Aug 2026 12:00:30 GMT", 30],
  ["Sat, 01 Aug 2026 11:00:00 GMT", 0],
  ["Sun, 01 Aug 2027 12:00:00 GMT", 86_400],
  ["Saturday, 01-Aug-26 12:01:00 GMT", 60],
  ["-5", undefined],
  ["1.5", undefined],
  ["soon", undefined],
  ["2026-08-01", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j is %j seconds", (header, seconds) => expect(parseRetryAfter(header, nowMs)).toBe(seconds));
