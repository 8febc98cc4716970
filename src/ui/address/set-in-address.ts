/** Changes what the page's address asks for, without a trip to the server; undefined and empty take a name out. */
export function setInAddress(change: Readonly<Record<string, string | undefined>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname}${query.size === 0 ? "" : `?${query.toString()}`}`);
}
