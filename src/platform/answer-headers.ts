import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import helmet, { type HelmetOptions } from "helmet";
import { ANSWER_POLICY } from "#/platform/content-policy.ts";

type Options = Readonly<{ isBehindProxy: boolean; isDevelopment: boolean }>;

/** What every answer says to a browser. The same for all, so it is worked out once. */
export function answerHeaders({ isBehindProxy, isDevelopment }: Options): Readonly<Record<string, string>> {
  const options: HelmetOptions = {
    contentSecurityPolicy: isDevelopment ? false : { useDefaults: false, directives: ANSWER_POLICY },
    strictTransportSecurity: isBehindProxy ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
  };
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, (error) => {
    if (error !== undefined) throw new Error("the headers of answers can't be worked out", { cause: error });
  });
  return Object.fromEntries(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
}
