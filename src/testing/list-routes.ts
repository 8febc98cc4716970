import { readdir, readFile } from "node:fs/promises";

const ROOMS = ["access", "api", "platform"];

/**
 * The routes that the source names: those of Fastify, as their texts stand in the rooms that install them, and a page for every folder
 * of `src/app`. `:name`, `[name]` and words in capitals stand for anything.
 */
export async function listRoutes(): Promise<{ isRoute: (path: string) => boolean }> {
  const files = await Promise.all(
    ROOMS.map(async (room) =>
      (await readdir(`src/${room}`)).filter((file) => !file.includes(".test.")).map((file) => `src/${room}/${file}`),
    ),
  );
  const texts = await Promise.all(files.flat().map((file) => readFile(file, "utf8")));
  const served = texts.flatMap((text) => [...text.matchAll(/"(\/[\w.:/-]+)"/g)].map(([, path = ""]) => path));
  const pages = (await readdir("src/app", { recursive: true }))
    .filter((file) => file.endsWith("page.tsx"))
    .map((file) => `/${file.replace(/\(.*?\)\//, "").replace(/\/?page\.tsx$/, "")}`);
  const routes = [...served, ...pages].map(splitPath);
  return {
    isRoute(path) {
      const [plain = ""] = path.split(/[?#]/);
      const wanted = splitPath(plain);
      return routes.some((route) => beginsWith(route, wanted));
    },
  };
}

const splitPath = (path: string): string[] => path.split("/").filter((part) => part !== "");

/** A document may speak of a whole family, such as `/v1`. */
function beginsWith(route: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((part, index) => {
    const own = route[index];
    return own !== undefined && (own === part || /^[:[]/.test(own) || /^[A-Z_{]+/.test(part));
  });
}
