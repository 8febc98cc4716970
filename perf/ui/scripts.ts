import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

/** Bytes of a page: of its document, and of the scripts that the document names, which it can't work without. */
export type PageBytes = Readonly<{
  documentBytes: number;
  scripts: number;
  plainBytes: number;
  gzipBytes: number;
  /** As a browser gets them, which accepts br. */
  wireBytes: number;
  /** What left as it is although it was accepted in another form, and is long enough to get shorter. */
  uncompressed: readonly string[];
}>;

const BROWSER = "gzip, deflate, br, zstd";
/** Shorter answers may travel as they are. */
const SHORTEST_BYTES = 1_024;

type File = Readonly<{ plain: number; gzip: number; wire: number; isPacked: boolean }>;

/** Measures pages over plain HTTP, which says what is on the wire; a script that several pages share is fetched once. */
export function createPageMeter(url: string, cookie: string): (path: string) => Promise<PageBytes> {
  const known = new Map<string, Promise<File>>();
  const measureScript = async (path: string): Promise<File> => {
    const [plain, gzip, wire] = [await ask(path, "identity"), await ask(path, "gzip"), await ask(path, BROWSER)];
    return {
      plain: plain.bytes.length,
      gzip: gzip.bytes.length,
      wire: wire.bytes.length,
      isPacked: plain.bytes.length < SHORTEST_BYTES || wire.encoding !== undefined,
    };
  };
  async function ask(path: string, encodings: string) {
    const headers = { cookie, accept: "text/html,*/*", "accept-encoding": encodings };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${url}${path}`, { headers }, resolve).on("error", reject);
    });
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}`);
    return { bytes: await buffer(answer), encoding: answer.headers["content-encoding"] };
  }
  return async (path) => {
    const page = await ask(path, "gzip");
    const html = (page.encoding === "gzip" ? gunzipSync(page.bytes) : page.bytes).toString();
    const sources = listScripts(html);
    const files = await Promise.all(
      sources.map(async (source) => {
        const asked = known.get(source) ?? measureScript(source);
        known.set(source, asked);
        return { source, ...(await asked) };
      }),
    );
    const sum = (of: "plain" | "gzip" | "wire") => files.reduce((total, file) => total + file[of], 0);
    return {
      documentBytes: page.bytes.length,
      scripts: files.length,
      plainBytes: sum("plain"),
      gzipBytes: sum("gzip"),
      wireBytes: sum("wire"),
      uncompressed: [
        ...(page.encoding === undefined ? [path] : []),
        ...files.filter(({ isPacked }) => !isPacked).map(({ source }) => source),
      ],
    };
  };
}

/** Those that a present browser loads: it leaves out what is marked as `nomodule`. */
function listScripts(html: string): readonly string[] {
  const tags = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  const used = tags.filter((tag) => !/\snomodule/i.test(tag));
  return [...new Set(used.flatMap((tag) => /\ssrc="([^"]+)"/.exec(tag)?.[1] ?? []))];
}
