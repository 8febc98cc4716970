const APP_ERROR_CODES = [
  "INVALID",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "NOT_FOUND",
  "CONFLICT",
  "GONE",
  "BUSY",
  "UNAVAILABLE",
  "LEASE_LOST",
] as const;
export type AppErrorCode = (typeof APP_ERROR_CODES)[number];

/** A failure the caller can act on. Its message is safe to show; its cause is not. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: AppErrorCode;
  /** Whole seconds after which trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: AppErrorCode, message: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}
