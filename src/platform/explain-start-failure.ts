import { isAbsolute, relative } from "node:path";
import { AppError } from "#/platform/errors.ts";
import { explainDatabaseError } from "#/platform/explain-database-error.ts";

type Settings = Readonly<{ databaseUrl: string | undefined; dataDir: string; port: number; host: string }>;

const LISTEN_ADVICE: Readonly<Record<string, (settings: Settings) => string>> = {
  EADDRINUSE: ({ port }) => `Port ${port} is in use by another program. Set PORT to another one`,
  EACCES: ({ port }) => `This user may not listen on port ${port}. Set PORT to one from 1024 on`,
  EADDRNOTAVAIL: ({ host }) =>
    `This machine has no address ${host}. Set HOST to one that it has, or to 0.0.0.0 for all`,
  ENOTFOUND: ({ host }) =>
    `No address is known for ${host}. Set HOST to an address of this machine, or to 0.0.0.0 for all`,
};

/** Why a start failed, in words for whoever started it; the error itself when it is none that they can act on. */
export function explainStartFailure(error: unknown, settings: Settings): unknown {
  const { databaseUrl } = settings;
  // The embedded database can be wrong only by our own fault.
  const database = databaseUrl === undefined ? undefined : explainDatabaseError(error, databaseUrl);
  return database ?? explainSystemError(error, settings) ?? error;
}

function explainSystemError(error: unknown, settings: Settings): AppError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "", path, syscall } = error as NodeJS.ErrnoException;
  const isListening = syscall === "listen" || syscall === "getaddrinfo";
  const words = isListening ? LISTEN_ADVICE[code]?.(settings) : explainFolder(error.message, path, settings);
  return words === undefined ? undefined : new AppError("UNAVAILABLE", words, { cause: error });
}

function explainFolder(
  message: string,
  path: string | undefined,
  { dataDir, databaseUrl }: Settings,
): string | undefined {
  if (path === undefined || !(isWithin(path, dataDir) || isWithin(dataDir, path))) return undefined;
  const alternative = databaseUrl === undefined ? "" : ". With AUTH_SECRET set, no folder is needed";
  return `The data folder ${dataDir} can't be used: ${message}.\nSet RATEBOOK_DATA_DIR to a folder that this user may write to and that has space${alternative}`;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}
