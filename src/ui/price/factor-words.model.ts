import { decimal, ratio as quotient, roundSignificant } from "#/price/decimal.ts";

/** "×15.3", "÷50": new over old, to three digits, since how far apart two prices are is a picture, not a price. Undefined where there is no ratio. */
export function factorWords(newOverOld: string | null): string | undefined {
  if (newOverOld === null) return undefined;
  const up = decimal(newOverOld);
  const isUp = !up.startsWith("0");
  const factor = isUp ? up : quotient(decimal("1"), up);
  if (factor === undefined) return undefined;
  const [whole = "0", fraction] = roundSignificant(factor, 3).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return `${isUp ? "×" : "÷"}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}
