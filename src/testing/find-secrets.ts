import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { STACK_KEY, STACK_LOGIN } from "#/testing/open-stack.ts";

/** What no log may hold: the tests' own credentials, and whatever looks like one that was made while they ran. */
const SECRETS: readonly Readonly<{ what: string; looks: RegExp }>[] = [
  { what: "the key of the environment", looks: new RegExp(RegExp.escape(STACK_KEY)) },
  { what: "a password", looks: new RegExp(RegExp.escape(STACK_LOGIN.password)) },
  { what: "a password of somebody invited", looks: /a password of hers/ },
  { what: "an API key", looks: /rbk_[\w-]{20}/ },
  { what: "a signing secret", looks: /whsec_[\w+/=-]{20}/ },
  { what: "an invitation", looks: /join#[\w-]{20}/ },
  { what: "a session", looks: /ratebook[.\w]*session_token=[^;\s"]{10}/ },
];
/** Without lines of requests there would be nothing to find a secret in. */
const LEAST_REQUESTS = 100;

/** Which kinds of secrets a text holds, in words. */
export function nameSecrets(text: string): string[] {
  return SECRETS.filter(({ looks }) => looks.test(text)).map(({ what }) => what);
}

/** Looks through everything that the processes of a test run have printed. Answers what is wrong, in words. */
export async function findSecrets(folder: string): Promise<string[]> {
  const problems: string[] = [];
  let requests = 0;
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), "utf8");
    requests += text.split('"http: answered"').length - 1;
    problems.push(...nameSecrets(text).map((what) => `${what} stands in the log ${name}`));
  }
  if (requests < LEAST_REQUESTS) problems.push(`only ${requests} requests stand in the logs: they say nothing`);
  return problems;
}
