import { expect, test } from "vitest";
import { otherSellers } from "#/ui/model/prices/sellers.model.ts";

const rate = (seller: string, amount?: string, variant = "default") => ({
  seller,
  variant,
  charges:
    amount === undefined
      ? []
      : [
          {
            meter: "input" as const,
            unit: "token" as const,
            amount,
            source: "a",
            observedAt: "2026-08-01T00:00:00Z",
            jobId: null,
            payloadDigest: null,
            pinnedBy: null,
            isFilled: false,
            isActive: true,
          },
        ],
});

test("other sellers stand by what they ask for input, an unknown price last, and the page's own rate is none of them", () => {
  const rates = [rate("own", "1"), rate("none"), rate("dear", "10"), rate("cheap", "9"), rate("own", "0.5", "batch")];
  const found = otherSellers(rates, { seller: "own", variant: "default" });
  expect(found.map(({ seller, variant }) => `${seller} ${variant}`)).toEqual([
    "own batch",
    "cheap default",
    "dear default",
    "none default",
  ]);
});
