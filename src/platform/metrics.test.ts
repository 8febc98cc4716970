import { expect, test } from "vitest";
import { createLog } from "#/platform/log.ts";
import { createMetrics } from "#/platform/metrics.ts";
import { createManualClock } from "#/testing/manual-clock.ts";

test("scrapes that come together, and within the seconds after, share one reading of the database", async () => {
  let reads = 0;
  const clock = createManualClock();
  const build = { version: "0", role: "web" };
  const metrics = createMetrics({ clock, log: createLog("silent"), build });
  metrics.readShared(async () => void (reads += 1));
  await Promise.all([metrics.scrape(), metrics.scrape(), metrics.scrape()]);
  expect(reads).toBe(1);
  await clock.advance(4_999);
  await metrics.scrape();
  expect(reads).toBe(1);
  await clock.advance(1);
  await metrics.scrape();
  expect(reads).toBe(2);
});

test("a reading that goes on holds up no scrape for long, and is not begun a second time", async () => {
  let reads = 0;
  const reading = Promise.withResolvers<void>();
  const build = { version: "0", role: "web" };
  const metrics = createMetrics({
    clock: createManualClock(),
    log: createLog("silent"),
    build,
    freshMs: 0,
    slowestReadMs: 1,
  });
  const facts = metrics.shared({ name: "facts", help: "What is read" });
  metrics.readShared(async () => {
    reads += 1;
    await reading.promise;
    facts([{ labels: {}, value: 7 }]);
  });
  expect((await metrics.scrape()).text).toMatch(/^ratebook_database_up 0$/m);
  expect((await metrics.scrape()).text).not.toMatch(/^facts /m);
  expect(reads).toBe(1);
  reading.resolve();
  await new Promise(setImmediate);
  const { text } = await metrics.scrape();
  expect(text).toMatch(/^facts 7$/m);
  expect(text).toMatch(/^ratebook_database_up 1$/m);
});
