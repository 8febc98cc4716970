/** What a page gets from its address. */
export type WithQuery = Readonly<{ searchParams: Promise<Record<string, string | string[] | undefined>> }>;

/** The query of a page's address as the browser reads it: of a name that is there several times, the first value is got. */
export async function readQuery(searchParams: WithQuery["searchParams"]): Promise<URLSearchParams> {
  return new URLSearchParams(
    Object.entries(await searchParams).flatMap(([name, values = []]) => [values].flat().map((value) => [name, value])),
  );
}
