import { expect, test } from "vitest";
import { auditLink } from "#/ui/settings/audit-link.model.ts";

const hrefOf = (action: string, target = "acme") => auditLink({ action, target }).href;

test("a run in the record is a link to it by the beginning of its id, never the bare id", () => {
  const id = "0197a1b2-1111-4222-8333-444455556666";
  expect(auditLink({ action: "syncs.fail", target: id })).toEqual({ href: `/syncs/${id}`, label: "sync 0197a1b2" });
});

test("what else a change names is a link to the page where it is seen, where there is one", () => {
  expect(hrefOf("sources.rank")).toBe("/sources/acme");
  expect(hrefOf("sources.remove")).toBeUndefined();
  expect(hrefOf("schedules.pause")).toBe("/schedules");
  expect(hrefOf("access.createKey")).toBe("/settings/keys");
  expect(hrefOf("access.setRole")).toBe("/settings/people");
  expect(hrefOf("alerts.test")).toBe("/settings/webhooks");
  expect(hrefOf("alerts.redeliver")).toBe("/operations");
  expect(hrefOf("prices.addSpelling")).toBeUndefined();
});
