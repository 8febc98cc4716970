/** Number text to plain decimal text by BigInt alone: shares nothing with the product's decimals. Half up to 12 digits. */
export function plain(text: string, shift = 0): string | undefined {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null || `${match[2]}${match[3]}` === "") return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  let digits = BigInt(whole + fraction);
  let power = Number(exponent) - fraction.length + shift;
  if (digits === 0n) return "0";
  const excess = String(digits).length - 12;
  if (excess > 0) {
    const unit = 10n ** BigInt(excess);
    digits = (digits + unit / 2n) / unit;
    power += excess;
  }
  while (digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return sign + place(String(digits), power);
}

function place(digits: string, power: number): string {
  if (power >= 0) return digits + "0".repeat(power);
  const padded = digits.padStart(1 - power, "0");
  return `${padded.slice(0, power)}.${padded.slice(power)}`;
}
