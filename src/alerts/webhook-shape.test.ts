import { expect, test } from "vitest";
import { writeWebhook } from "#/alerts/webhook-shape.ts";

const body = {
  type: "price.changed",
  timestamp: "2026-11-25T12:00:00.000Z",
  data: {
    summary: "Prices: 1 changed",
    details: ["<!channel> @everyone [click](https://evil.example) `a` & b"],
    url: "https://prices.example/syncs/1",
  },
};

test("a standard webhook is the whole body", () => {
  expect(JSON.parse(writeWebhook("standard", body))).toEqual(body);
});

test("what a model is called can't call people or make links in Slack", () => {
  expect(JSON.parse(writeWebhook("slack", body))).toEqual({
    text: "Prices: 1 changed\n• &lt;!channel&gt; @everyone [click](https://evil.example) `a` &amp; b\nhttps://prices.example/syncs/1",
  });
});

test("nor in Discord", () => {
  const { content, allowed_mentions: mentions } = JSON.parse(writeWebhook("discord", body)) as Record<string, unknown>;
  expect(mentions).toEqual({ parse: [] });
  expect(content).toContain(String.raw`\<!channel\> \@everyone \[click\]\(https://evil.example\) \`a\``);
});

test("a text that is too long for a chat service is cut, and keeps its link", () => {
  const long = { ...body, data: { ...body.data, details: Array.from({ length: 200 }, () => "x".repeat(50)) } };
  const { content } = JSON.parse(writeWebhook("discord", long)) as { content: string };
  expect(content.length).toBeLessThanOrEqual(2_000);
  expect(content.endsWith("…\nhttps://prices.example/syncs/1")).toBe(true);
});
