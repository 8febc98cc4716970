import type { WebhookBody } from "#/alerts/webhook-body.ts";

/** `standard` is signed; a chat service knows its own address for a secret and wants a shape of its own. */
export const WEBHOOK_SHAPES = ["standard", "slack", "discord"] as const;
export type WebhookShape = (typeof WEBHOOK_SHAPES)[number];

/** Of a message's text: Slack cuts off what is longer than 40,000 characters, Discord refuses more than 2,000. */
const LONGEST_TEXT = { slack: 3_000, discord: 2_000 } as const;

/** The text of a request in an endpoint's shape. What a model is called can't call people or make links in it. */
export function writeWebhook(shape: WebhookShape, body: WebhookBody): string {
  if (shape === "standard") return JSON.stringify(body);
  if (shape === "slack") return JSON.stringify({ text: writeText(body, escapeSlack, LONGEST_TEXT.slack) });
  const content = writeText(body, escapeDiscord, LONGEST_TEXT.discord);
  return JSON.stringify({ content, allowed_mentions: { parse: [] } });
}

function writeText({ data }: WebhookBody, escape: (text: string) => string, longest: number): string {
  const url = data.url === null ? [] : [data.url];
  const lines = [escape(data.summary), ...data.details.map((line) => `• ${escape(line)}`)];
  const room = longest - url.join("").length - 2;
  const text = lines.join("\n");
  return [text.length > room ? `${text.slice(0, room - 1)}…` : text, ...url].join("\n");
}

// https://docs.slack.dev/messaging/formatting-message-text: these three are its control characters.
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function escapeDiscord(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()<@-]/g, String.raw`\$&`);
}
