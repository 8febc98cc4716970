import { symmetricDecrypt, symmetricEncrypt } from "better-auth/crypto";
import { AppError } from "#/platform/errors.ts";

/** Encrypts with a key from `AUTH_SECRET`, so that a copy of the database gives no credential away. */
export function seal(secret: string, text: string): Promise<string> {
  return symmetricEncrypt({ key: secret, data: text });
}

/** Throws `CONFLICT` when it was sealed under another `AUTH_SECRET`. */
export async function unseal(secret: string, sealed: string): Promise<string> {
  return symmetricDecrypt({ key: secret, data: sealed }).catch((cause: unknown) => {
    throw new AppError(
      "CONFLICT",
      "The endpoint's address can't be read: it was stored under another AUTH_SECRET. Give all processes the same one, or add the endpoint again",
      { cause },
    );
  });
}
