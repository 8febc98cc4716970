import { parser } from "@prometheus-io/lezer-promql";
import type { SyntaxNode } from "@lezer/common";
import type { Scraped } from "#/testing/read-metrics.ts";

type Labels = Readonly<Record<string, string>>;
type Vector = readonly Readonly<{ labels: Labels; value: number }>[];

/** An earlier scrape and a later one: what rises is compared between them, whatever range the query names. */
export type Scrapes = Readonly<{ before: Scraped; after: Scraped }>;

/** The series that a query names, and every label that it matches or groups by. Throws for what is no PromQL. */
export function readQuery(query: string): Readonly<{ series: string[]; labels: string[] }> {
  const series: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) throw new Error(`${query} is no PromQL, at character ${from}`);
      if (name === "Identifier") series.push(query.slice(from, to));
      if (name === "LabelName") labels.push(query.slice(from, to));
    },
  });
  return { series, labels };
}

/**
 * What a query comes to, for the few forms that our alerts use: a selector, `increase` of one, `min`, `max` and `sum` by labels,
 * and `<` and `>` with a number. Throws for any other, so that nobody takes it for Prometheus.
 */
export function evaluateQuery(query: string, scrapes: Scrapes): Vector {
  const root = parser.parse(query).topNode.firstChild;
  if (root === null) throw new Error("an empty query");
  return evaluate(root);

  function evaluate(node: SyntaxNode): Vector {
    if (node.name === "VectorSelector") return select(node, scrapes.after);
    if (node.name === "FunctionCall") return increase(node);
    if (node.name === "AggregateExpr") return aggregate(node);
    if (node.name === "BinaryExpr") return compare(node);
    throw new Error(`${textOf(node)}: ${node.name} is not evaluated here`);
  }

  function select(node: SyntaxNode, scraped: Scraped): Vector {
    const matchers = find(node, "UnquotedLabelMatcher").map((matcher) => {
      const label = textOf(child(matcher, "LabelName"));
      const wanted = textOf(child(matcher, "StringLiteral")).slice(1, -1);
      const isPattern = textOf(child(matcher, "MatchOp")) === "=~";
      const pattern = new RegExp(`^(?:${isPattern ? wanted : RegExp.escape(wanted)})$`);
      return (labels: Labels) => pattern.test(labels[label] ?? "");
    });
    const samples = scraped.samples(textOf(child(node, "Identifier")));
    return samples.filter(({ labels }) => matchers.every((matches) => matches(labels)));
  }

  function increase(node: SyntaxNode): Vector {
    if (textOf(child(node, "FunctionIdentifier")) !== "increase")
      throw new Error(`${textOf(node)} is not evaluated here`);
    const [selector] = find(node, "VectorSelector");
    if (selector === undefined) throw new Error("increase of nothing");
    const before = select(selector, scrapes.before);
    // As Prometheus does: a series that was not there before has not risen yet.
    return select(selector, scrapes.after).flatMap(({ labels, value }) => {
      const was = before.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels));
      return was === undefined ? [] : [{ labels, value: value - was.value }];
    });
  }

  function aggregate(node: SyntaxNode): Vector {
    const by = find(child(node, "AggregateModifier", "optional"), "LabelName").map(textOf);
    const operand = child(node, "FunctionCallBody").firstChild;
    if (operand === null) throw new Error("an aggregate of nothing");
    const groups = Map.groupBy(evaluate(operand), ({ labels }) =>
      JSON.stringify(by.map((label) => [label, labels[label] ?? ""])),
    );
    const fold = FOLDS[textOf(child(node, "AggregateOp"))];
    if (fold === undefined) throw new Error(`${textOf(node)} is not evaluated here`);
    return [...groups].map(([key, members]) => ({
      labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
      value: fold(members.map(({ value }) => value)),
    }));
  }

  function compare(node: SyntaxNode): Vector {
    const limit = Number(textOf(child(node, "NumberDurationLiteral")));
    const { firstChild } = node;
    if (firstChild === null) throw new Error("a comparison of nothing");
    const isAbove = node.getChild("Gtr") !== null;
    if (!isAbove && node.getChild("Lss") === null) throw new Error(`${textOf(node)} is not evaluated here`);
    return evaluate(firstChild).filter(({ value }) => (isAbove ? value > limit : value < limit));
  }

  function textOf({ from, to }: SyntaxNode): string {
    return query.slice(from, to);
  }
}

const FOLDS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum: (values) => values.reduce((total, value) => total + value, 0),
};

function child(node: SyntaxNode, name: string): SyntaxNode;
function child(node: SyntaxNode, name: string, optional: "optional"): SyntaxNode | null;
function child(node: SyntaxNode, name: string, optional?: "optional"): SyntaxNode | null {
  const found = node.getChild(name);
  if (found === null && optional === undefined) throw new Error(`${node.name} has no ${name}`);
  return found;
}

/** Every node of a kind below one. */
function find(node: SyntaxNode | null, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node?.cursor().iterate((at) => {
    if (at.name === name) found.push(at.node);
  });
  return found;
}
