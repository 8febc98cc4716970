import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { eventually } from "#/testing/eventually.ts";

const attributes = z
  .array(
    z
      .object({ key: z.string(), value: z.record(z.string(), z.unknown()) })
      .transform(({ key, value }) => [key, Object.values(value)[0]] as const),
  )
  .default([])
  .transform((pairs): Record<string, unknown> => Object.fromEntries(pairs));

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes,
  /** 2 is an error. */
  status: z.object({ code: z.int().optional(), message: z.string().optional() }),
});

/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(span) })),
    }),
  ),
});

export type CollectedSpan = z.infer<typeof span> & Readonly<{ service: unknown; scope: string }>;

/** A collector that takes spans over OTLP/HTTP in JSON. One that is silent takes them and never answers. */
export async function openTraceCollector({ isSilent = false } = {}) {
  const spans: CollectedSpan[] = [];
  let received = "";
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    received += body;
    for (const { resource, scopeSpans } of exported.parse(JSON.parse(body)).resourceSpans) {
      const service = resource.attributes["service.name"];
      for (const { scope, spans: sent } of scopeSpans)
        spans.push(...sent.map((one) => ({ ...one, service, scope: scope.name })));
    }
    if (!isSilent) response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    /** What a process is told so that it sends its spans here. */
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
    spans,
    /** Everything that was sent, as it was sent. */
    received: () => received,
    find: (what: string, isIt: (one: CollectedSpan) => boolean) =>
      eventually(`the span of ${what}`, async () => spans.find(isIt)),
    /** The names of a span and of those above it, from the first one that was sent. */
    pathOf(last: CollectedSpan): string[] {
      const path = [last.name];
      const above = ({ traceId, parentSpanId }: CollectedSpan) =>
        spans.find((other) => other.spanId === parentSpanId && other.traceId === traceId);
      for (let one = above(last); one !== undefined; one = above(one)) path.unshift(one.name);
      return path;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
