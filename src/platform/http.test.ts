import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, expect, test, vi } from "vitest";
import { createHttp } from "#/platform/http.ts";
import { createLog } from "#/platform/log.ts";

const warned = vi.spyOn(process, "emitWarning");
afterEach(() => warned.mockReset());

test("Fastify writes no line of its own for a request, and uses nothing that its next version takes away", async () => {
  const lines = new PassThrough();
  const app = createHttp(createLog("debug", lines), { isBehindProxy: false });
  app.get("/", () => "here");
  expect((await app.inject("/")).statusCode).toBe(200);
  expect((await app.inject("/nowhere")).statusCode).toBe(404);
  await app.close();
  lines.end();
  expect(await text(lines)).toBe("");
  expect(warned).not.toHaveBeenCalled();
});
