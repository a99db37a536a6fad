import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeSupport, RECOMMENDED_NODE } from './node-support.js';

const TODAY = '2026-11-30';
const file = (path: string) =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

describe('the support of Node.js', () => {
  it.each([
    ['v20.19.0', TODAY, 'ended', 'Node.js 20 gets no security fixes since 2026-04-30.'],
    ['20.20.2', '2026-04-30', 'ending', 'Node.js 20 gets security fixes until 2026-04-30.'],
    ['v22.12.0', TODAY, 'ending', 'Node.js 22 gets security fixes until 2027-04-30.'],
    ['v22.12.0', '2027-05-01', 'ended', 'Node.js 22 gets no security fixes since 2027-04-30.'],
    ['v23.1.0', TODAY, 'ended', 'Node.js 23 is no long-term release'],
    ['v24.22.3', TODAY, 'good', ''],
    ['v24.22.3', '2028-05-01', 'ended', 'Node.js 24 gets no security fixes since 2028-04-30.'],
    ['v25.2.0', TODAY, 'ending', 'Node.js 25 is no long-term release'],
    ['v26.0.0', TODAY, 'good', ''],
  ])('of %s on %s is %s', (version, today, state, says) => {
    const support = nodeSupport(version, today);
    expect(support.state).toBe(state);
    expect(support.says).toContain(says);
    if (state !== 'good')
      expect(support.remedy).toBe('Install Node.js 24 LTS; nothing else changes.');
  });

  it('recommends the line that the image is built on, and runs on older ones', () => {
    expect(file('Dockerfile')).toMatch(new RegExp(`node:${RECOMMENDED_NODE}-bookworm-slim`));
    expect(JSON.parse(file('package.json')).engines.node).toBe('>=20.19.0');
  });
});
