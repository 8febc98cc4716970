import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatNumber, formatTarget, isMet, type Figure } from "../figure.ts";

/** What one scenario came to: its figures, or why it has none. */
export type Outcome = Readonly<{ name: string; title: string }> &
  (Readonly<{ figures: readonly Figure[] }> | Readonly<{ failed: string }> | Readonly<{ left: string }>);

export type Report = Readonly<{
  at: string;
  commit: string;
  node: string;
  machine: string;
  where: string;
  outcomes: readonly Outcome[];
}>;

/** Whether every target was met and nothing failed. What was left out is no success, but no failure either. */
export function isGood({ outcomes }: Report): boolean {
  return outcomes.every(
    (outcome) => !("failed" in outcome) && (!("figures" in outcome) || outcome.figures.every(isMet)),
  );
}

const verdict = (figure: Figure) =>
  figure.most === undefined && figure.least === undefined ? "" : isMet(figure) ? "met" : "MISSED";

/** The report as Markdown. */
export function formatMarkdown(report: Report): string {
  const { at, commit, node, machine, where, outcomes } = report;
  const sections = outcomes.map((outcome) => {
    if ("failed" in outcome) return `## ${outcome.title}\n\nFailed: ${outcome.failed}\n`;
    if ("left" in outcome) return `## ${outcome.title}\n\nLeft out: ${outcome.left}\n`;
    const rows = outcome.figures.map((figure) => {
      const { what, value, unit } = figure;
      return `| ${what} | ${formatNumber(value)} ${unit} | ${formatTarget(figure)} | ${verdict(figure)} |`;
    });
    return `## ${outcome.title}\n\n| figure | value | target | |\n| --- | ---: | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `# Performance, ${at}\n\nCommit ${commit}, Node ${node}, ${machine}, ${where}.\n\n${sections.join("\n")}`;
}

/** The report as one page that loads nothing: a bar for each figure, full at its target. */
export function formatHtml(report: Report): string {
  const { at, commit, node, machine, where, outcomes } = report;
  const sections = outcomes.map((outcome) => {
    const body =
      "failed" in outcome
        ? `<p class="bad">Failed: ${escape(outcome.failed)}</p>`
        : "left" in outcome
          ? `<p>Left out: ${escape(outcome.left)}</p>`
          : `<table>${outcome.figures.map(formatRow).join("")}</table>`;
    return `<h2>${escape(outcome.title)}</h2>${body}`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Ratebook performance, ${escape(at)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style>
<h1>Ratebook performance</h1>
<p>${escape(`${at}, commit ${commit}, Node ${node}, ${machine}, ${where}`)}</p>
${sections.join("\n")}
</html>
`;
}

function formatRow(figure: Figure): string {
  const { what, value, unit, most, least } = figure;
  const target = most ?? least;
  const share = target === undefined || target === 0 ? undefined : Math.min(1, value / target);
  const bar =
    share === undefined ? "" : `<meter min="0" max="1" value="${share.toFixed(3)}">${formatNumber(value)}</meter>`;
  const missed = verdict(figure) === "MISSED" ? ' class="bad"' : "";
  return `<tr${missed}><th scope="row">${escape(what)}</th><td>${formatNumber(value)} ${unit}</td><td>${bar}</td><td>${formatTarget(figure)}</td><td>${verdict(figure)}</td></tr>`;
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:400}td{text-align:right;font-variant-numeric:tabular-nums}
th,td{border-top:1px solid #8884;padding:.3rem .5rem}.bad{color:#c92a2a;font-weight:600}meter{width:8rem}h2{font-size:1.1rem;margin-top:2rem}`;

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Writes the report in three forms; answers the files. */
export async function writeReport(report: Report, folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const name = join(folder, report.at.replaceAll(/[:.]/g, "-"));
  const forms = {
    md: formatMarkdown(report),
    json: `${JSON.stringify(report, null, 2)}\n`,
    html: formatHtml(report),
  };
  for (const [form, text] of Object.entries(forms)) await writeFile(`${name}.${form}`, text);
  return Object.keys(forms).map((form) => `${name}.${form}`);
}
