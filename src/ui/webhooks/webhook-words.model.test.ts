import { expect, test } from "vitest";
import { endpointState, holdWords, lastAnswer, type Webhook } from "#/ui/webhooks/webhook-words.model.ts";

const webhook: Webhook = {
  id: "1",
  name: "oncall",
  url: "https://hooks.example/…a1b2",
  shape: "standard",
  events: ["sync.failed"],
  holdSeconds: 0,
  createdBy: "ann@example.com",
  createdAt: "2026-11-25T12:00:00.000Z",
  disabledAt: null,
  disabledReason: null,
  lastSuccessAt: "2026-11-25T12:00:00.000Z",
  failingSince: null,
};

test("a webhook says in a word whether messages get through", () => {
  expect(
    [
      webhook,
      { ...webhook, lastSuccessAt: null },
      { ...webhook, failingSince: "2026-11-25T12:00:00.000Z" },
      { ...webhook, failingSince: "2026-11-25T12:00:00.000Z", disabledAt: "2026-11-25T12:00:00.000Z" },
    ].map((one) => endpointState(one).words),
  ).toEqual(["working", "not tried yet", "failing", "disabled"]);
});

test("a hold time is said in words, one from elsewhere in seconds", () => {
  expect([0, 300, 7].map(holdWords)).toEqual(["at once", "after 5 min", "after 7 s"]);
});

test("a delivery says what the last attempt came to", () => {
  const at = "2026-11-25T12:00:00.000Z";
  const failed = { at, status: 500, durationMs: 4, error: "hooks.example answered 500." };
  expect(lastAnswer({ attempts: [] })).toBe("not tried yet");
  expect(lastAnswer({ attempts: [failed] })).toBe("hooks.example answered 500.");
  expect(lastAnswer({ attempts: [failed, { at, status: 204, durationMs: 12, error: null }] })).toBe("204 in 12 ms");
});
