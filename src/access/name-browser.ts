import Bowser from "bowser";

/** A browser in a person's words, as its `User-Agent` names it: `Chrome 148 on Linux`. A program's own name stays as it is. */
export function nameBrowser(agent: string): string {
  if (agent === "") return "unknown";
  const { browser, os } = Bowser.parse(agent);
  if (browser.name === undefined || browser.name === "") return agent;
  const [major = ""] = (browser.version ?? "").split(".", 1);
  const name = [browser.name, major].filter((word) => word !== "").join(" ");
  return os.name === undefined || os.name === "" ? name : `${name} on ${os.name}`;
}
