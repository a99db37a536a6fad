import type { JobHint, Jobs } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { createNodeJobs } from './node-jobs.js';

const NOON = new Date('2026-11-20T12:00:00.000Z');
const later: JobHint = { job: 'check-call', id: 'b', at: new Date(NOON.getTime() + 1) };
const due: JobHint[] = [
  { job: 'place-call', id: 'a' },
  { job: 'place-call', id: 'a', at: NOON },
];

function listening(): Jobs & { heard: JobHint[] } {
  const heard: JobHint[] = [];
  return { heard, wake: (hint) => heard.push(hint) };
}
function node({ worker = true, redis = true, ending = false, begun = '' }) {
  const here = listening();
  const shared = listening();
  const jobs = createNodeJobs({
    here: worker ? here : null,
    shared,
    sharedIsThere: () => redis,
    leftToOthers: ({ job, id }) => ending && job === 'place-call' && id !== begun,
    clock: { now: () => NOON },
  });
  for (const hint of [...due, later]) jobs.wake(hint);
  return { here: here.heard, shared: shared.heard };
}

describe('the jobs of one node among several', () => {
  it('the jobs of one node among several run at once where they were given, and wait where every node sees them', () => {
    expect(node({})).toEqual({ here: due, shared: [later] });
  });

  it('the jobs of one node among several are left to the workers by a node that serves people only', () => {
    expect(node({ worker: false })).toEqual({ here: [], shared: [...due, later] });
  });

  it('the jobs of one node among several are left to the others by a node that is about to end', () => {
    expect(node({ ending: true })).toEqual({ here: [], shared: [...due, later] });
  });

  it('the jobs of one node among several stay with a node that is about to end where no other could do them', () => {
    expect(node({ ending: true, begun: 'a' })).toEqual({ here: due, shared: [later] });
  });

  it('the jobs of one node among several wait in the process while Redis is away', () => {
    expect(node({ redis: false })).toEqual({ here: [...due, later], shared: [] });
  });
});
