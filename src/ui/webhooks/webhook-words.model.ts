import type { Outputs } from "#/ui/trpc.tsx";

export type Webhook = Outputs["alerts"]["endpoints"]["endpoints"][number];
export type WebhookEvent = Webhook["events"][number];
export type WebhookShape = Webhook["shape"];
export type Delivery = Outputs["alerts"]["deliveries"]["deliveries"][number];

export const SHAPE_WORDS: Readonly<Record<WebhookShape, string>> = {
  standard: "Standard Webhooks, signed",
  slack: "Slack",
  discord: "Discord",
};

/** How long a problem lasts before it is reported. */
export const HOLDS: readonly Readonly<{ value: string; label: string }>[] = [
  { value: "0", label: "at once" },
  { value: "60", label: "after 1 min" },
  { value: "300", label: "after 5 min" },
  { value: "900", label: "after 15 min" },
  { value: "3600", label: "after 1 h" },
];

/** "after 5 min"; one that was set elsewhere is said in seconds. */
export function holdWords(seconds: number): string {
  return HOLDS.find(({ value }) => Number(value) === seconds)?.label ?? `after ${seconds} s`;
}

/** Whether messages get through: a badge's colour and word. */
export function endpointState({ disabledAt, failingSince, lastSuccessAt }: Webhook): { color: string; words: string } {
  if (disabledAt !== null) return { color: "gray", words: "disabled" };
  if (failingSince !== null) return { color: "red", words: "failing" };
  return lastSuccessAt === null ? { color: "gray", words: "not tried yet" } : { color: "teal", words: "working" };
}

/** What the last attempt came to: "204 in 12 ms", or what went wrong. */
export function lastAnswer({ attempts }: Pick<Delivery, "attempts">): string {
  const last = attempts.at(-1);
  if (last === undefined) return "not tried yet";
  return last.error ?? `${last.status ?? "accepted"} in ${last.durationMs} ms`;
}
