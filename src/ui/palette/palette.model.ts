/** Something that one can go to or do; `words` are other names under which it is found. */
export type PaletteItem = Readonly<{ label: string; words?: string | undefined }>;

/** Those that hold every word that was typed, in any order; the ones whose label begins with the first word come first. */
export function findItems<T extends PaletteItem>(items: readonly T[], typed: string): readonly T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = ""] = words;
  const found = items.filter(({ label, words: others = "" }) => {
    const text = `${label} ${others}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = ({ label }: T) => label.toLowerCase().startsWith(first);
  return [...found.filter(begins), ...found.filter((item) => !begins(item))];
}
