import { RatebookError } from "#/client/ratebook-error.ts";

/** Where a client's requests go, and what they carry. */
export type ServerAddress = Readonly<{
  /** Without a slash at its end. */
  url: string;
  headers: Readonly<Record<string, string>>;
}>;

type Given = Readonly<{ url: string; apiKey?: string | undefined }>;

/** Throws `RatebookError` when the address or the key can't be one; never repeats the key. */
export function readServerAddress({ url, apiKey }: Given): ServerAddress {
  const key = readKey(apiKey);
  return { url: readUrl(url), headers: key === undefined ? {} : { authorization: `Bearer ${key}` } };
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw refused("The server's address must start with http:// or https://", "url");
  }
  if (url.username !== "" || url.password !== "") {
    throw refused("The server's address must not carry a user name or password: the key has a place of its own", "url");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

// Checked here because fetch would repeat a header it can't send, key and all, in its error.
function readKey(text: string | undefined): string | undefined {
  const key = text?.trim();
  if (key === undefined || key === "") return undefined;
  if (!/^[\x21-\x7e]+$/.test(key)) throw refused("The API key holds characters that no key has", "apiKey");
  return key;
}

function refused(message: string, check: "url" | "apiKey"): RatebookError {
  return new RatebookError(message, { kind: "refused", check });
}
