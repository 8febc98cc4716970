import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextTicks, requireTicks } from "#/schedules/next-ticks.ts";
import { readRule } from "#/schedules/read-rule.ts";
import { openTimeZone } from "#/schedules/time-zone.ts";

const MINUTE_MS = 60_000;

function ticks(rule: string, timeZone: string, after: string, limit = 3): string[] {
  return nextTicks({ rule, timeZone }, after, limit).map((tick) => tick.replace(":00.000Z", "Z"));
}

describe("a schedule ticks by the clock of its zone", () => {
  test("a cron rule of five fields ticks at the instants of its zone", () => {
    expect(ticks("0 */6 * * *", "UTC", "2026-11-24T05:59:59.999Z")).toEqual([
      "2026-11-24T06:00Z",
      "2026-11-24T12:00Z",
      "2026-11-24T18:00Z",
    ]);
    expect(ticks("30 9 * * MON-FRI", "Asia/Kathmandu", "2026-11-27T03:44:00Z")).toEqual([
      "2026-11-27T03:45Z",
      "2026-11-30T03:45Z",
      "2026-12-01T03:45Z",
    ]);
    expect(ticks("0 0 L * *", "UTC", "2028-02-01T00:00:00Z", 2)).toEqual(["2028-02-29T00:00Z", "2028-03-31T00:00Z"]);
  });

  test("a tick is never the instant that is asked from, to the millisecond", () => {
    expect(ticks("0 6 * * *", "UTC", "2026-11-24T06:00:00.000Z", 1)).toEqual(["2026-11-25T06:00Z"]);
    expect(ticks("0 6 * * *", "UTC", "2026-11-24T05:59:59.999Z", 1)).toEqual(["2026-11-24T06:00Z"]);
  });

  test("an RRULE counts its intervals from DTSTART, or from a Monday", () => {
    const everyThirdDay = "DTSTART:20260101T080000 RRULE:FREQ=DAILY;INTERVAL=3";
    expect(ticks(everyThirdDay, "Asia/Kathmandu", "2026-01-02T00:00:00Z", 2)).toEqual([
      "2026-01-04T02:15Z",
      "2026-01-07T02:15Z",
    ]);
    expect(ticks("FREQ=WEEKLY", "UTC", "2026-11-24T00:00:00Z", 2)).toEqual(["2026-11-30T00:00Z", "2026-12-07T00:00Z"]);
    expect(
      ticks("rrule:freq=monthly;byday=mo,tu,we,th,fr;bysetpos=-1;byhour=18", "UTC", "2026-11-24T00:00:00Z", 2),
    ).toEqual(["2026-11-30T18:00Z", "2026-12-31T18:00Z"]);
  });

  test("an RRULE ends with its UNTIL or its COUNT", () => {
    expect(ticks("FREQ=DAILY;UNTIL=20261126", "UTC", "2026-11-24T12:00:00Z")).toEqual([
      "2026-11-25T00:00Z",
      "2026-11-26T00:00Z",
    ]);
    // 22:30 in Berlin is 21:30 in UTC.
    expect(
      ticks("FREQ=DAILY;BYHOUR=22;BYMINUTE=30;UNTIL=20261125T213000Z", "Europe/Berlin", "2026-11-24T22:00:00Z"),
    ).toEqual(["2026-11-25T21:30Z"]);
    expect(ticks("DTSTART:20261124T000000 RRULE:FREQ=DAILY;COUNT=2", "UTC", "2026-11-23T00:00:00Z")).toEqual([
      "2026-11-24T00:00Z",
      "2026-11-25T00:00Z",
    ]);
    expect(() =>
      requireTicks({ rule: "FREQ=DAILY;UNTIL=20200101", timeZone: "UTC" }, "2026-11-24T00:00:00Z", 1),
    ).toThrow("no time in the next ten years");
  });
});

describe("when clocks change", () => {
  test("a time that they skip ticks at the first moment after the gap, once", () => {
    expect(ticks("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z")).toEqual([
      "2027-03-28T01:00Z",
      "2027-03-29T00:30Z",
      "2027-03-30T00:30Z",
    ]);
    expect(ticks("*/20 2-3 * * *", "America/New_York", "2027-03-14T00:00:00Z", 4)).toEqual([
      "2027-03-14T07:00Z",
      "2027-03-14T07:20Z",
      "2027-03-14T07:40Z",
      "2027-03-15T06:00Z",
    ]);
  });

  test("a time that they show twice ticks the first time only", () => {
    expect(ticks("30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", 2)).toEqual([
      "2027-10-31T00:30Z",
      "2027-11-01T01:30Z",
    ]);
    // Asked between the two.
    expect(ticks("30 2 * * *", "Europe/Berlin", "2027-10-31T01:10:00Z", 1)).toEqual(["2027-11-01T01:30Z"]);
    expect(ticks("30 1 * * *", "America/New_York", "2027-11-07T05:00:00Z", 2)).toEqual([
      "2027-11-07T05:30Z",
      "2027-11-08T06:30Z",
    ]);
  });

  test("a rule of every minute goes on through a gap, an overlap, and a day that a zone left out", () => {
    expect(ticks("* * * * *", "Europe/Berlin", "2027-03-28T00:58:30Z", 3)).toEqual([
      "2027-03-28T00:59Z",
      "2027-03-28T01:00Z",
      "2027-03-28T01:01Z",
    ]);
    expect(ticks("* * * * *", "Europe/Berlin", "2027-10-31T00:59:30Z", 2)).toEqual([
      "2027-10-31T02:00Z",
      "2027-10-31T02:01Z",
    ]);
    expect(ticks("* * * * *", "Pacific/Apia", "2011-12-30T09:58:30Z", 3)).toEqual([
      "2011-12-30T09:59Z",
      "2011-12-30T10:00Z",
      "2011-12-30T10:01Z",
    ]);
  });

  const zones = fc.constantFrom("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC");
  const instants = fc.date({
    min: new Date("2026-01-01T00:00:00Z"),
    max: new Date("2029-01-01T00:00:00Z"),
    noInvalidDate: true,
  });

  test("whatever the instant, ticks rise, lie after it, and no two callers disagree about them", () => {
    const rules = fc.constantFrom("*/30 * * * *", "15 2 * * *", "0 1,2,3 * * *", "FREQ=HOURLY;INTERVAL=5;BYMINUTE=10");
    fc.assert(
      fc.property(rules, zones, instants, (rule, timeZone, from) => {
        const all = nextTicks({ rule, timeZone }, from.toISOString(), 4);
        expect(all).toHaveLength(4);
        expect(Date.parse(all[0] ?? "")).toBeGreaterThan(from.getTime());
        expect(all.toSorted()).toEqual(all);
        expect(new Set(all).size).toBe(4);
        // Somebody who asks later, from the first of them, is told the rest.
        expect(nextTicks({ rule, timeZone }, all[0] ?? "", 3)).toEqual(all.slice(1));
      }),
      { numRuns: 60 },
    );
  });

  test("a wall time is the first instant that shows it, or the first one after the gap that it fell into", () => {
    fc.assert(
      fc.property(zones, instants, (name, date) => {
        const zone = openTimeZone(name);
        const wall = Math.floor(date.getTime() / MINUTE_MS) * MINUTE_MS;
        const instant = zone.instantOf(wall);
        expect(zone.wallOf(instant)).toBeGreaterThanOrEqual(wall);
        expect(zone.wallOf(instant - 1_000)).toBeLessThan(wall);
      }),
      { numRuns: 200 },
    );
  });
});

const all = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index).join();

const NASTY = [
  "",
  " ",
  "* * * *",
  "* * * * * *",
  "@every 1s",
  "@reboot",
  "60 * * * *",
  "*/0 * * * *",
  "5-1 * * * *",
  "? * * * *",
  "0 0 30 2 *",
  "0 0 31 4,6,9,11 *",
  `${"0,".repeat(5_000)}0 * * * *`,
  `${"*/1,".repeat(15)}* 0 30 2 *`,
  "0 0 31W 2 *",
  "0 0 * * 7#6",
  "0 0 \u0000 * *",
  "FREQ=SECONDLY",
  "FREQ=MINUTELY",
  "FREQ=MINUTELY;INTERVAL=5",
  "FREQ=DAILY;INTERVAL=0",
  "FREQ=DAILY;INTERVAL=0.0001",
  "FREQ=DAILY;INTERVAL=-1",
  "FREQ=DAILY;INTERVAL=99999999999999999999",
  "FREQ=DAILY;COUNT=5",
  "FREQ=DAILY;COUNT=1000000000",
  "DTSTART:20260101T000000 FREQ=DAILY;COUNT=1000000000",
  "DTSTART:20000101T000000 FREQ=HOURLY;COUNT=1000",
  "DTSTART:00010101T000000 FREQ=DAILY",
  "DTSTART:20260231T000000 FREQ=DAILY",
  "DTSTART;TZID=Europe/Berlin:20260101T000000 FREQ=DAILY",
  "DTSTART:20260101T000000 EXDATE:20260102T000000 FREQ=DAILY",
  "FREQ=DAILY;FREQ=DAILY",
  "FREQ=DAILY;BYSECOND=0,1,2",
  "FREQ=DAILY;BYEASTER=0",
  "FREQ=DAILY;RSCALE=CHINESE;SKIP=FORWARD",
  "FREQ=HOURLY;INTERVAL=2;BYHOUR=1",
  "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=HOURLY;BYSETPOS=2",
  "FREQ=DAILY;BYSETPOS=366",
  "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=WEEKLY;BYMONTH=2;BYDAY=MO;BYSETPOS=3",
  "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
  "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
  "FREQ=YEARLY;INTERVAL=1000;BYWEEKNO=53",
  `FREQ=YEARLY;BYMONTHDAY=${all(1, 31)};BYHOUR=${all(0, 23)};BYMINUTE=${all(0, 59)}`,
  `FREQ=DAILY;BYSETPOS=${all(1, 90)}`,
  `FREQ=DAILY;BYHOUR=${"1,".repeat(100_000)}1`,
  "FREQ=DAILY;".repeat(30),
  "FREQ=DAILY;UNTIL=20200101",
  "FREQ=DAILY;UNTIL=nonsense",
  "RRULE:RRULE:FREQ=DAILY",
  "FREQ=DAILY\nRDATE:20260101T000000",
  "FREQ=",
];

/** Of this thread's own time, and the best of five: the machine may be busy with something else. */
function leastMs(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

describe("a malicious or absurd rule is refused, in bounded time", () => {
  const ask = (rule: string, timeZone = "UTC") => requireTicks({ rule, timeZone }, "2026-11-24T00:00:00Z", 5);
  for (const warmUp of ["0 0 29 2 *", "FREQ=DAILY;BYMONTH=3"]) ask(warmUp);
  /** What one rule may take: as long as a thousand ordinary ones here and now. */
  const mostMs = leastMs(() => {
    for (let turn = 0; turn < 1_000; turn += 1) ask("0 3 * * 1-5", "Europe/Berlin");
  });

  for (const rule of NASTY) {
    test(`${JSON.stringify(rule.slice(0, 60))} is refused soon, in words`, () => {
      const refuse = () =>
        expect(() => ask(rule)).toThrow(expect.objectContaining({ name: "AppError", code: "INVALID" }));
      expect(leastMs(refuse)).toBeLessThan(mostMs);
    });
  }

  test("a rule that is only silly is computed soon", () => {
    const silly = [
      `${"0-59,".repeat(15)}1 * * * *`,
      `FREQ=YEARLY;BYMONTHDAY=${all(1, 31)};BYHOUR=${all(0, 23)};BYSETPOS=1,-1,366,-366`,

      "* * * * *",
      "0-59/7,3,5 0-23 1-31 1-12 0-7",
      "0 0 29 2 *",
      `FREQ=DAILY;BYHOUR=${all(0, 23)};BYMINUTE=0,15,30,45`,
      `FREQ=HOURLY;BYMINUTE=${all(0, 59)}`,
      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
      "DTSTART:20000101T000000 RRULE:FREQ=HOURLY;INTERVAL=7",
    ];
    for (const rule of silly) {
      const compute = () => expect(ask(rule, "Europe/Berlin").length).toBeGreaterThan(1);
      expect(leastMs(compute), rule).toBeLessThan(mostMs);
    }
  });

  test("a zone that is no place is refused", () => {
    for (const zone of ["", "Mars/Olympus", "+05:30", "Europe/../Berlin", "x".repeat(10_000)])
      expect(() => ask("0 0 * * *", zone)).toThrow("is no time zone");
  });

  test("any text is a rule or is refused as invalid", () => {
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.stringMatching(/^[0-9*,/LW#-]{1,6} [0-9*,/-]{1,6} [0-9*,/LW-]{1,6} [0-9*,/-]{1,4} [0-9*,/L#-]{1,5}$/),
      fc.stringMatching(
        /^FREQ=(DAILY|YEARLY|HOURLY|WEEKLY)(;(BYHOUR|BYDAY|BYMONTH|BYSETPOS|INTERVAL)=[-0-9,MOTU]{1,6}){0,3}$/,
      ),
    );
    fc.assert(
      fc.property(text, (rule) => {
        try {
          ask(rule);
        } catch (error) {
          expect(error).toMatchObject({ name: "AppError", code: "INVALID" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("a rule is said in words, without a zone of its own and with all of its times", () => {
  expect(
    [
      "0 */6 * * *",
      "30 9 * * MON-FRI",
      "FREQ=HOURLY;INTERVAL=6",
      "FREQ=DAILY;INTERVAL=3;BYHOUR=8,20;BYMINUTE=30",
      "FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=8;UNTIL=20270401",
      "DTSTART:20260101T081500 RRULE:FREQ=MONTHLY;BYDAY=-1FR",
    ].map((rule) => readRule(rule).words),
  ).toEqual([
    "On the hour, every 6 hours",
    "At 09:30, Monday through Friday",
    "Every 6 hours, at minute 0",
    "Every 3 days, at 08:30, 20:30",
    "Every week on Monday and Wednesday, at 08:00, until 2027-04-01",
    "Every month on last Friday, at 08:15",
  ]);
});
