/** One measured value; `most` or `least` is its target, and a value without one is for information. */
export type Figure = Readonly<{ what: string; value: number; unit: string; most?: number; least?: number }>;

export function isMet({ value, most, least }: Figure): boolean {
  return !Number.isNaN(value) && (most === undefined || value <= most) && (least === undefined || value >= least);
}

export function formatFigure(figure: Figure): string {
  const { what, value, unit } = figure;
  return `${what.padEnd(58)} ${formatNumber(value).padStart(10)} ${unit.padEnd(3)} ${formatTarget(figure)}`.trimEnd();
}

/** Empty for a figure without a target. */
export function formatTarget({ most, least }: Figure): string {
  if (most !== undefined) return `at most ${formatNumber(most)}`;
  return least === undefined ? "" : `at least ${formatNumber(least)}`;
}

export function formatNumber(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 0 });
}
