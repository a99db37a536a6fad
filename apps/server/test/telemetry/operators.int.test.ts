import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readPromql } from '../harness/promql.js';
import { openServer } from '../harness/running-server.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const rules = (
  parse(read('ops/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('ops/grafana/outdial.json')) as { panels: Panel[] };
const asked = [
  ...rules.map(({ alert, expr }) => ({ by: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ by: title, expr })),
  ),
];

/** The rows of docs/metrics.md: name, type, labels. */
const documented = new Map(
  [...read('docs/metrics.md').matchAll(/^\| `(\w+)` \| (\w+) \| [^|]+ \| ([^|]*)\|/gm)].map(
    ([, name = '', type = '', labels = '']) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label) },
    ],
  ),
);

/** What Prometheus itself adds to each series that it reads. */
const FROM_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance', 'le'] };

describe('what operators get', () => {
  /** Name and type of every metric of a server that runs. */
  const offered = new Map<string, string>();
  let text = '';

  beforeAll(async () => {
    const server = await openServer();
    await server.request('GET', '/api/leads');
    text = await server.text('/metrics');
    await server.close();
    for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
      offered.set(name, type);
    }
  });

  it('what operators get is a page that describes each metric of a server, and no other', () => {
    const ours = [...offered].filter(([name]) => name.startsWith('outdial_'));
    expect([...documented.keys()].sort()).toEqual(ours.map(([name]) => name).sort());
    for (const [name, type] of ours)
      expect([name, documented.get(name)?.type]).toEqual([name, type]);
  });

  it('what operators get is named as Prometheus advises', () => {
    for (const [name, { type }] of documented) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|count)$/);
    }
  });

  it('what operators get shows no label that the page does not name', () => {
    for (const [, series = '', labels = ''] of text.matchAll(/^(outdial_\w+)\{([^}]*)\}/gm)) {
      const known = documented.get(baseOf(series))?.labels;
      for (const [, label] of labels.matchAll(/(\w+)="/g)) {
        if (label !== 'le') expect(known, `${series} ${label}`).toContain(label);
      }
    }
  });

  it.each(asked)(
    'what operators get asks for nothing that a server does not have: $by',
    ({ expr }) => {
      const { metrics, labels } = readPromql(expr);
      expect(metrics.size).toBeGreaterThan(0);
      const named = new Set<string | undefined>(FROM_PROMETHEUS.labels);
      for (const metric of metrics) {
        if (FROM_PROMETHEUS.metrics.includes(metric)) continue;
        expect(offered.has(baseOf(metric)), metric).toBe(true);
        for (const label of documented.get(baseOf(metric))?.labels ?? []) named.add(label);
      }
      for (const label of labels) expect(named, label).toContain(label);
    },
  );

  /** A histogram's series are named after it. */
  function baseOf(series: string): string {
    const base = series.replace(/_(bucket|sum|count)$/, '');
    return offered.get(base) === 'histogram' ? base : series;
  }
});

describe('alerts', () => {
  const sections = new Set(
    [...read('docs/operating.md').matchAll(/^### (Outdial\w+)$/gm)].map(([, name]) => name),
  );

  it('each have a section that says what to do, and no section is left over', () => {
    expect([...sections].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it.each(rules)('$alert says what is wrong, how bad it is, and where to read on', (rule) => {
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.annotations.summary.length).toBeGreaterThan(10);
    expect(rule.annotations.description).toMatch(/\.$/);
    expect(rule.annotations.runbook_url).toBe(`docs/operating.md#${rule.alert.toLowerCase()}`);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('alerts go off on recorded values, and not before (promtool)', () => {
    const files = readdirSync(`${ROOT}ops/prometheus`);
    expect(files).toContain('alerts.test.yml');
    const ran = spawnSync('promtool', ['test', 'rules', 'alerts.test.yml'], {
      cwd: `${ROOT}ops/prometheus`,
      encoding: 'utf8',
    });
    expect(ran.stdout + ran.stderr).toContain('SUCCESS');
    expect(ran.status).toBe(0);
    expect(
      spawnSync('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], {
        cwd: `${ROOT}ops/prometheus`,
      }).status,
    ).toBe(0);
  });
});
