const whole = new Intl.NumberFormat("en");
const oneDigit = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** "1,234". */
export function count(amount: number): string {
  return whole.format(amount);
}

/** "1 offer", "1,234 offers". */
export function countOf(amount: number, one: string, many = `${one}s`): string {
  return `${whole.format(amount)} ${amount === 1 ? one : many}`;
}

/** "0 B", "812 B", "1.2 kB", "3.4 MB". */
export function bytesInWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${oneDigit.format(bytes / 1_000)} kB`;
  return `${oneDigit.format(bytes / 1_000_000)} MB`;
}

/** "unit_unknown" as people say it. */
export function spoken(code: string): string {
  return code.replaceAll(/[_-]/g, " ");
}
