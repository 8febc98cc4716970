import type { Inputs, Outputs } from "#/ui/trpc.tsx";

export type SettingsText = Readonly<{
  url: string;
  keyName: string;
  /** By name; an option that is empty is not set. */
  options: Readonly<Record<string, string>>;
}>;

export const NO_SETTINGS: SettingsText = { url: "", keyName: "", options: {} };

/** The settings of a source as its form holds them. */
export function writeSettings({
  url,
  apiKeyEnv,
  options,
}: Pick<Outputs["sources"]["list"]["sources"][number], "url" | "apiKeyEnv" | "options">): SettingsText {
  return {
    url,
    keyName: apiKeyEnv ?? "",
    options: Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)])),
  };
}

type Settings = Omit<Inputs["sources"]["testNew"], "kind">;

/** The reverse, for the API: what is empty is left out, and "true" is the answer yes. */
export function readSettingsText({ url, keyName, options }: SettingsText): Settings {
  const given = Object.entries(options).flatMap(([name, text]): [string, string | boolean][] => {
    const value = text.trim();
    return value === "" ? [] : [[name, value === "true" ? true : value]];
  });
  return {
    ...(url.trim() === "" ? {} : { url: url.trim() }),
    ...(keyName.trim() === "" ? {} : { apiKeyEnv: keyName.trim() }),
    ...(given.length === 0 ? {} : { options: Object.fromEntries(given) }),
  };
}
