import { z } from "zod";
import { CHAOS_KEY } from "#/testing/chaos/world.ts";

export const HEADERS = { authorization: `Bearer ${CHAOS_KEY}` };

const triggerAnswer = z.object({ result: z.object({ data: z.object({ outcome: z.string(), jobId: z.string() }) }) });

export type TriggerBody = Readonly<{ requestId: string; sources?: readonly string[] }>;

/** One request over real HTTP. Rejects when it was not answered with 200. */
export async function triggerOverHttp(
  url: string,
  body: TriggerBody,
  timeoutMs = 10_000,
): Promise<{ outcome: string; jobId: string }> {
  const response = await fetch(`${url}/api/trpc/syncs.trigger`, {
    method: "POST",
    headers: { ...HEADERS, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) throw new Error(`the trigger was answered with ${response.status}`);
  return triggerAnswer.parse(await response.json()).result.data;
}
