/** Waits for work that may take only so long. Fails with the code `ETIMEDOUT` after that, and the work's end is nobody's then. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const error = Object.assign(new Error(`no answer within ${ms} ms`), { code: "ETIMEDOUT" });
  const timer = setTimeout(() => late.reject(error), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
