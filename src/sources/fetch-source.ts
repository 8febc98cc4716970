import { setTimeout } from "node:timers/promises";
import pMap, { pMapSkip } from "p-map";
import { failFetch, type FetchFailure } from "#/platform/fetch-failure.ts";
import type { SourceAdapter } from "#/sources/adapter.ts";
import { isSecretName } from "#/sources/secret-name.ts";
import type { fetchPayload, FetchOutcome, FetchPayloadInput } from "#/sources/guarded-fetch.ts";

export type FetchSourceDeps = Readonly<{
  fetchPayload: typeof fetchPayload;
  allowPrivateNetwork: boolean;
  /** Reads a secret from the server's environment by its name. */
  readSecret: (name: string) => string | undefined;
}>;

export type FetchSourceInput = Pick<FetchPayloadInput, "url" | "etag" | "signal" | "onBytes"> &
  Readonly<{
    adapter: SourceAdapter;
    /** The environment variable that holds the source's key. */
    apiKeyEnv: string | null;
    options: Readonly<Record<string, unknown>>;
  }>;

/** Gets a source's whole payload. Every expected failure is a value. */
export type FetchSource = (input: FetchSourceInput) => Promise<FetchOutcome>;

const MOST_PAGES = 50;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FURTHER = 2_000;
const AT_ONCE = 6;
const LONGEST_WAIT_SECONDS = 20;

/**
 * The payload of one source: with its key, and all of its pages or further documents, as one JSON list of their texts. The
 * key goes to the source's own origin only, and appears in no message.
 */
export function createFetchSource(deps: FetchSourceDeps): FetchSource {
  return async (input) => {
    const credentials = findCredentials(deps, input);
    if (!credentials.ok) return failFetch("credentials", credentials.message);
    const get = async (url: string, more: Partial<FetchPayloadInput> = {}) =>
      cutKey(
        await deps.fetchPayload({
          url,
          signal: input.signal,
          allowPrivateNetwork: deps.allowPrivateNetwork,
          headers: credentials.key === undefined ? {} : { authorization: `Bearer ${credentials.key}` },
          ...more,
        }),
        credentials.key,
      );
    const { adapter, url, etag, onBytes } = input;
    if (adapter.nextPage !== undefined) return fetchPages(get, adapter.nextPage, input);
    const list = await get(url, {
      ...(etag === undefined ? {} : { etag }),
      ...(onBytes === undefined ? {} : { onBytes }),
    });
    const further = list.outcome === "fetched" ? (adapter.furtherUrls?.(list.text, url, input.options) ?? []) : [];
    return list.outcome === "fetched" && further.length > 0 ? fetchFurther(get, list, further, input) : list;
  };
}

type Credentials = Readonly<{ ok: true; key: string | undefined }> | Readonly<{ ok: false; message: string }>;

function findCredentials({ readSecret }: FetchSourceDeps, { adapter, apiKeyEnv }: FetchSourceInput): Credentials {
  if (apiKeyEnv === null) {
    if (adapter.needsKey !== true) return { ok: true, key: undefined };
    const message = `${adapter.title} asks for a key. Name the environment variable that holds it in the source's settings.`;
    return { ok: false, message };
  }
  if (!isSecretName(apiKeyEnv))
    return {
      ok: false,
      message: `${apiKeyEnv} is no name for a source's key; it must end in _API_KEY, _TOKEN or _KEY.`,
    };
  const key = readSecret(apiKeyEnv);
  if (key === undefined || key === "")
    return {
      ok: false,
      message: `The key is missing: set ${apiKeyEnv} in the server's environment and start it again.`,
    };
  return { ok: true, key };
}

/** Some sellers repeat what they were sent; payloads and messages are kept and shown, keys are not. */
function cutKey(answer: FetchOutcome, key: string | undefined): FetchOutcome {
  if (key === undefined) return answer;
  const cut = (text: string) => text.replaceAll(key, "[cut]");
  if (answer.outcome === "fetched") return { ...answer, text: cut(answer.text), finalUrl: cut(answer.finalUrl) };
  return answer.outcome === "failed" ? { ...answer, message: cut(answer.message) } : answer;
}

async function fetchPages(
  get: (url: string, more?: Partial<FetchPayloadInput>) => Promise<FetchOutcome>,
  nextPage: NonNullable<SourceAdapter["nextPage"]>,
  { url: first, onBytes }: FetchSourceInput,
): Promise<FetchOutcome> {
  const origin = new URL(first).origin;
  const pages: string[] = [];
  const visited = new Set<string>();
  let bytes = 0;
  let durationMs = 0;
  for (let url: string | undefined = first; ;) {
    if (visited.has(url)) return failFetch("redirect_loop", "The list's next page is one that was read already.");
    visited.add(url);
    const before = bytes;
    const page: FetchOutcome = await get(url, {
      maxBytes: Math.max(1, MOST_BYTES - bytes),
      onBytes: (received) => onBytes?.(before + received),
    });
    if (page.outcome !== "fetched") return page;
    pages.push(page.text);
    bytes += page.bytes;
    durationMs += page.durationMs;
    url = nextPage(page.text, url);
    if (url === undefined)
      return {
        outcome: "fetched",
        text: `[${pages.join(",")}]`,
        bytes,
        durationMs,
        status: page.status,
        finalUrl: page.finalUrl,
      };
    if (!URL.canParse(url) || new URL(url).origin !== origin)
      return failFetch("foreign_page", "The list's next page lies at another address than the list.");
    if (pages.length >= MOST_PAGES) return failFetch("too_large", `The list has more than ${MOST_PAGES} pages.`);
  }
}

type Fetched = Extract<FetchOutcome, { outcome: "fetched" }>;

/** The list and further documents, a few at a time. The list's ETag says nothing of them, so it is not kept. */
async function fetchFurther(
  get: (url: string, more?: Partial<FetchPayloadInput>) => Promise<FetchOutcome>,
  list: Fetched,
  urls: readonly string[],
  { url: first, onBytes, signal }: FetchSourceInput,
): Promise<FetchOutcome> {
  if (urls.length > MOST_FURTHER)
    return failFetch("too_large", `The list asks for more than ${MOST_FURTHER} further documents.`);
  const { origin } = new URL(first);
  if (urls.some((url) => !URL.canParse(url) || new URL(url).origin !== origin))
    return failFetch("foreign_page", "A document of the list lies at another address than the list.");
  const startMs = performance.now();
  let { bytes } = list;
  let failure: FetchFailure | undefined;
  const documents = await pMap(
    urls,
    async (url) => {
      if (failure !== undefined) return pMapSkip;
      const document = await getTwice(url);
      if (document.outcome === "fetched") {
        bytes += document.bytes;
        onBytes?.(bytes);
        return document.text;
      }
      // A model that was withdrawn since the list was made.
      if (document.outcome === "failed" && document.status !== 404) failure ??= document;
      return pMapSkip;
    },
    { concurrency: AT_ONCE },
  );
  if (failure !== undefined)
    return { ...failure, message: `Of the list's further documents, one could not be read: ${failure.message}` };
  const durationMs = Math.round(list.durationMs + performance.now() - startMs);
  const text = `[${[list.text, ...documents].join(",")}]`;
  return { outcome: "fetched", text, bytes, durationMs, status: list.status, finalUrl: list.finalUrl };

  async function getTwice(url: string): Promise<FetchOutcome> {
    const ask = () => get(url, { maxBytes: Math.max(1, MOST_BYTES - bytes) });
    const answer = await ask();
    if (answer.outcome !== "failed" || !answer.retryable || signal.aborted) return answer;
    const waitSeconds = answer.retryAfterSeconds ?? 1;
    if (waitSeconds > LONGEST_WAIT_SECONDS) return answer;
    await setTimeout(waitSeconds * 1000, undefined, { signal }).catch(() => undefined);
    return ask();
  }
}
