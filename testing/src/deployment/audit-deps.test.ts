import { describe, expect, it } from 'vitest';

const script = new URL('../../../scripts/audit-deps.mjs', import.meta.url).href;
const { readAudit } = (await import(script)) as {
  readAudit(output: string): { says: 'ok' | 'weak' | 'unknown'; lines: string[] };
};

const answer = (counts: Record<string, number>, vulnerabilities: object = {}) =>
  JSON.stringify({
    vulnerabilities,
    metadata: {
      vulnerabilities: {
        total: Object.values(counts).reduce((sum, count) => sum + count, 0),
        ...counts,
      },
    },
  });

describe('the audit of dependencies', () => {
  it('the audit of dependencies passes when nothing is known that is high or critical', () => {
    expect(readAudit(answer({})).says).toBe('ok');
    expect(readAudit(answer({ low: 2, moderate: 1 })).says).toBe('ok');
  });

  it('the audit of dependencies fails on what is, and names it', () => {
    const { says, lines } = readAudit(
      answer(
        { high: 1, low: 1 },
        {
          parser: { name: 'parser', severity: 'high', range: '<2.0.1', fixAvailable: true },
          other: { name: 'other', severity: 'low', range: '*', fixAvailable: false },
        },
      ),
    );
    expect(says).toBe('weak');
    expect(lines[0]).toBe('high: parser <2.0.1, a fix is available');
    expect(lines.join('\n')).not.toContain('other');
  });

  it('the audit of dependencies says that it does not know when the registry gives no answer, and does not name the registry', () => {
    for (const output of [
      '',
      'npm error network',
      'null',
      '{"error":{"code":"ENOAUDIT"}}',
      '{"error":{"summary":"","detail":""}}',
      '{"message":"request to https://registry.example/-/npm failed"}',
    ]) {
      const { says, lines } = readAudit(output);
      expect({ output, says }).toEqual({ output, says: 'unknown' });
      expect(lines.join('\n')).not.toContain('registry.example');
    }
  });
});
