import type { Finding } from '@outdial/kit';
import type { Diagnosis } from './diagnose.js';

const WORDS: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
};

/** For a person at a terminal. */
export function reportOf({ ok, findings }: Diagnosis): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.flatMap(({ about, state, says, fix }) => [
    `  ${WORDS[state].padEnd(8)} ${about.padEnd(width)}  ${says}`,
    ...(fix === undefined ? [] : [`  ${' '.repeat(8)} ${' '.repeat(width)}  → ${fix}`]),
  ]);
  const count = (state: Finding['state']): number =>
    findings.filter((finding) => finding.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  const summary = ok
    ? `No problem${warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`}.`
    : `${problems} ${problems === 1 ? 'problem' : 'problems'}.`;
  return ['', ...lines, '', summary, ''].join('\n');
}
