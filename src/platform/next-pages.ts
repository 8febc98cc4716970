import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance } from "fastify";
import next from "next";
import { createPagePolicy } from "#/platform/content-policy.ts";
import { installStaticFiles } from "#/platform/static-files.ts";

const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Where this process is reached from this machine. */
function loopbackOf(app: FastifyInstance): string {
  const at = app.server.address();
  if (at === null || typeof at === "string") throw new Error("pages are asked for while the server does not listen");
  if (at.address === "0.0.0.0" || at.address === "::") return `http://127.0.0.1:${at.port}`;
  return `http://${at.family === "IPv6" ? `[${at.address}]` : at.address}:${at.port}`;
}

/** Serves the built files, and hands every request that no other route wants to Next, which only renders. */
export async function openNextPages(
  app: FastifyInstance,
  { dev }: { dev: boolean },
): Promise<{ close: () => Promise<void> }> {
  const pages = next({ dev, dir: projectFolder, httpServer: app.server });
  await pages.prepare();
  const handle = pages.getRequestHandler();
  if (!dev) await installStaticFiles(app, { folder: join(projectFolder, ".next/static"), prefix: "/_next/static/" });
  await app.register(async (scope) => {
    // Next reads the body itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    scope.all("/*", async (request, reply) => {
      // Next finds the nonce for its scripts in the policy of the request, and the layout in the other header; what a client
      // says there counts for nothing. In development the tools that compile pages would be refused.
      delete request.raw.headers["x-nonce"];
      delete request.raw.headers["content-security-policy"];
      delete request.raw.headers["content-security-policy-report-only"];
      // A page asks our API for its data here, in the reader's name.
      request.raw.headers["x-loopback"] = loopbackOf(app);
      request.raw.headers["x-path"] = request.url;
      if (!dev) {
        const nonce = randomBytes(16).toString("base64");
        const policy = createPagePolicy(nonce);
        request.raw.headers["x-nonce"] = nonce;
        request.raw.headers["content-security-policy"] = policy;
        void reply.header("content-security-policy", policy);
      }
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      void reply.hijack();
      await handle(request.raw, reply.raw);
    });
  });
  return { close: () => pages.close() };
}
