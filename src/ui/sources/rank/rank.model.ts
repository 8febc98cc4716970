/** The names with one of them moved to a place, from 1 on; a place beyond either end is that end. */
export function moveTo(names: readonly string[], name: string, place: number): readonly string[] {
  const from = names.indexOf(name);
  if (from === -1) return names;
  return names.toSpliced(from, 1).toSpliced(Math.max(0, place - 1), 0, name);
}
