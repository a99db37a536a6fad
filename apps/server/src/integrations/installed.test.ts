import { manifestContract } from '@outdial/testing/contracts/manifest';
import { describe, expect, it } from 'vitest';
import { INSTALLED } from './installed.js';

describe('the installed integrations', () => {
  it('the installed integrations have ids of their own', () => {
    const ids = INSTALLED.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('the installed integrations have one that rings no phone, and names for variables that no other one has', () => {
    expect(INSTALLED.filter((each) => each.kind === 'carrier' && each.isPractice)).toHaveLength(1);
    const variables = INSTALLED.flatMap(({ environment }) => Object.keys(environment));
    expect(new Set(variables).size).toBe(variables.length);
  });
});

for (const manifest of INSTALLED) manifestContract(manifest);
