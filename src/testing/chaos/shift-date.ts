/**
 * Preloaded into a server (`--import`): its wall clock is off by as many milliseconds as CHAOS_DATE_SHIFT_MS says, as that
 * of a machine whose clock was never set.
 */
const shiftMs = Number(process.env["CHAOS_DATE_SHIFT_MS"] ?? 0);
const trueNow = Date.now.bind(Date);
const TrueDate = Date;

Date.now = () => trueNow() + shiftMs;
globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget) as object,
  apply: () => new Date().toString(),
});
