import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { eventually } from "#/testing/eventually.ts";

/** How a path is answered; with `together`, not before so many requests have come to it. */
export type Answer = Readonly<{ status: number; headers?: Record<string, string>; together?: number }> | "never";

export type Received = Readonly<{ path: string; headers: IncomingHttpHeaders; text: string }>;

/** A real receiver of webhooks that keeps what it is sent, by path, and answers what the test says. */
export async function openWebhookReceiver() {
  const received: Received[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => void receive(request, response));
  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const path = request.url ?? "";
    received.push({ path, headers: request.headers, text: body });
    const answer = answers.get(path) ?? { status: 204 };
    if (answer === "never") return;
    const { status, headers = {}, together = 1 } = answer;
    await has(path, together);
    response.writeHead(status, headers).end();
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const at = (path: string) => received.filter((one) => one.path === path);
  const has = (path: string, count: number) =>
    eventually(`${count} messages at ${path}`, async () => at(path).length >= count && at(path));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    at,
    /** Waits until so many have come to a path, and answers them. */
    has,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
