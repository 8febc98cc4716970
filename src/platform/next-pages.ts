import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import next from "next";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Hands every request that no other route wants to Next, which only renders. */
export async function openNextPages(
  app: FastifyInstance,
  { dev }: { dev: boolean },
): Promise<{ close: () => Promise<void> }> {
  const pages = next({ dev, dir: projectFolder, httpServer: app.server });
  await pages.prepare();
  const handle = pages.getRequestHandler();
  await app.register(async (scope) => {
    // Next reads the body itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/*", async (request, reply) => {
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      void reply.hijack();
      await handle(request.raw, reply.raw);
    });
  });
  return { close: () => pages.close() };
}
