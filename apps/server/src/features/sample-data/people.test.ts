import { normalizePhone } from '@outdial/core';
import { forcedBy } from '@outdial/simulator';
import { expect, it } from 'vitest';
import { SAMPLE_AGENTS, SAMPLE_LEADS } from './people.js';

it.each(SAMPLE_LEADS.map(([name, , , , , phone]) => [name, phone]))(
  '%s of the sample data has a number set aside for fiction, and chance decides how their calls end',
  (_name, phone) => {
    expect(normalizePhone(phone)).toMatchObject({ ok: true, phone });
    expect(phone).toMatch(/^\+1\d{3}55501\d\d$/);
    expect(forcedBy(phone)).toBeNull();
  },
);

it('has each number and each agent only once', () => {
  expect(new Set(SAMPLE_LEADS.map(([, , , , , phone]) => phone)).size).toBe(SAMPLE_LEADS.length);
  expect(new Set(SAMPLE_AGENTS.map(({ email }) => email)).size).toBe(SAMPLE_AGENTS.length);
});
