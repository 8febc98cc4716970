import { styleText } from "node:util";
import type { Output, Paint, Tone } from "#/cli/session.ts";

const STYLES = { good: "green", bad: "red", warn: "yellow", dim: "dim", bold: "bold" } as const satisfies Record<
  Tone,
  Parameters<typeof styleText>[0]
>;

/** Colours on a terminal only, and none when `NO_COLOR` says so (no-color.org). */
export function createPaint(output: Output, env: Readonly<Record<string, string | undefined>>): Paint {
  const wanted = output.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  if (!wanted) return (_tone, text) => text;
  return (tone, text) => styleText(STYLES[tone], text, { validateStream: false });
}

/** The tone of a job's or a source's state. */
export function toneOf(state: string): Tone {
  if (state === "success" || state === "applied" || state === "unchanged" || state === "enabled") return "good";
  if (state === "failed") return "bad";
  if (state === "partial" || state === "cancelled" || state === "disabled") return "warn";
  return "bold";
}
