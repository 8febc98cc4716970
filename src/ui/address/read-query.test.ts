import { expect, test } from "vitest";
import { readQuery } from "#/ui/address/read-query.ts";

test("the server reads an address as the browser does, also where a name is there twice or without a value", async () => {
  const query = await readQuery(
    Promise.resolve({ q: "claude sonnet", state: ["open", "approved"], of: undefined, over: "" }),
  );
  const browser = new URLSearchParams("q=claude+sonnet&state=open&state=approved&over=");
  expect([...query]).toEqual([...browser]);
  expect(query.get("state")).toBe("open");
  expect(query.get("of")).toBeNull();
});
