import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What a PromQL expression asks for: each metric, with the labels that are matched on it or that groups are made by. */
export interface Asked {
  readonly metrics: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

/** Throws when the expression does not parse, showing where. */
export function readPromql(expression: string): Asked {
  // What Grafana puts in before it asks Prometheus.
  const text = expression.replaceAll('$__rate_interval', '1m');
  const metrics = new Set<string>();
  const labels = new Set<string>();
  const wordsOf = (node: SyntaxNode) => text.slice(node.from, node.to);
  parser.parse(text).iterate({
    enter({ node }) {
      if (node.type.isError) {
        throw new Error(`This is no PromQL, at ${node.from}: ${expression}`);
      }
      if (node.name === 'VectorSelector') {
        const name = node.getChild('Identifier');
        if (name !== null) metrics.add(wordsOf(name));
      }
      if (node.name === 'LabelName') labels.add(wordsOf(node));
    },
  });
  return { metrics, labels };
}
