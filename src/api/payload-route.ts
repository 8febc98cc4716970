import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { problems } from "#/api/rest-route.ts";
import type { ApiDeps } from "#/api/trpc.ts";
import { openPayload } from "#/sources/store-payload.ts";

const binary = z.custom<Readable>().meta({ type: "string", format: "binary" });

/** A stored payload, byte for byte as it came from its source. It is never shown in our pages, only saved. */
export function installPayloadRoute(scope: FastifyInstance, { db }: ApiDeps): void {
  scope.withTypeProvider<ZodTypeProvider>().get("/v1/payloads/:digest", {
    config: { action: "sources.payload" },
    schema: {
      tags: ["sources"],
      summary: "A stored payload, as it came from its source",
      params: z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/, "the SHA-256 of a payload, in hex") }),
      response: {
        200: {
          description: "The payload",
          content: { "application/octet-stream": { schema: binary } },
        },
        ...problems(401, 403, 404, 422),
      },
    },
    handler: async ({ params: { digest } }, reply) => {
      const payload = await openPayload(db, digest);
      return reply
        .type("application/octet-stream")
        .header("content-disposition", `attachment; filename="payload-${digest.slice(0, 12)}"`)
        .send(payload);
    },
  });
}
