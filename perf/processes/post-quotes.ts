/**
 * A client for `perf/bench/quotes.ts` in a process of its own, so that the server does not wait for it to read. Every message
 * from there makes one request, and is answered with its milliseconds.
 */
import { Agent, request } from "node:http";
import { z } from "zod";

const sent = z.object({ port: z.number(), path: z.string(), body: z.string() });
const agent = new Agent({ keepAlive: true });

function post({ port, path, body }: z.infer<typeof sent>): Promise<number> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const start = performance.now();
    const headers = { "content-type": "application/json", "accept-encoding": "identity" };
    const asked = request({ port, host: "127.0.0.1", method: "POST", path, headers, agent }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(performance.now() - start);
        else reject(new Error(`answered ${answer.statusCode}`));
      });
    });
    asked.on("error", reject);
    asked.end(bytes);
  });
}

process.on("message", (message) => void post(sent.parse(message)).then((ms) => process.send?.(ms)));
