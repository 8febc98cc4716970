import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { GATEWAY_CLIENTS } from "#/ui/gateways/clients.model.ts";

test("the document about gateways and the page have the same lines", async () => {
  const document = await readFile("docs/gateways.md", "utf8");
  for (const { name, lines } of GATEWAY_CLIENTS) expect(document, name).toContain(lines("https://prices.example.com"));
});
