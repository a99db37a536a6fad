import { type DispositionSet, STANDARD_DISPOSITIONS } from '@outdial/core';
import { expect, it } from 'vitest';
import { createDispositionSetStore } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

const OWN: DispositionSet = [
  {
    code: 'asked_for_email',
    label: 'Asked for an e-mail',
    effect: 'keep',
    retry: { delaySeconds: 3600, tries: 3 },
    color: 'teal',
    key: '1',
  },
  {
    code: 'objection',
    label: 'Objection',
    effect: 'suppress_person',
    retry: null,
    color: 'red',
    key: null,
  },
];
const SHORTER = OWN.slice(1);

onEachDatabase('the store of disposition sets', (db) => {
  const sets = () => createDispositionSetStore(db());
  const aQueue = () => salesFloor(db()).queue('Spring');

  it('a queue without dispositions of its own has the standard set, as version 0', async () => {
    expect(await sets().inForce(await aQueue())).toEqual({
      version: 0,
      scope: 'all',
      dispositions: STANDARD_DISPOSITIONS,
    });
  });

  it('a set reads back as it was saved, and null gives the queue the set of all queues again', async () => {
    const queue = await aQueue();
    expect(await sets().put(queue, OWN, 0, NOW)).toEqual({ kind: 'stored', version: 1 });
    expect(await sets().inForce(queue)).toEqual({ version: 1, scope: 'queue', dispositions: OWN });
    expect(await sets().put(queue, null, 1, minutes(1))).toEqual({ kind: 'stored', version: 2 });
    expect(await sets().inForce(queue)).toMatchObject({ version: 2, scope: 'all' });
  });

  it('of two saves based on the same version one is stored and the other is a conflict', async () => {
    const queue = await aQueue();
    const answers = await Promise.all([
      sets().put(queue, OWN, 0, NOW),
      sets().put(queue, SHORTER, 0, NOW),
    ]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['conflict', 'stored']);
    expect(answers.map(({ version }) => version)).toEqual([1, 1]);
  });

  it('a removed disposition is found for as long as its set was in force since the moment asked for', async () => {
    const queue = await aQueue();
    await sets().put(queue, OWN, 0, NOW);
    await sets().put(queue, SHORTER, 1, minutes(10));
    expect(await sets().inForceSince(queue, minutes(5))).toEqual([SHORTER, OWN]);
    expect(await sets().inForceSince(queue, minutes(10))).toEqual([SHORTER]);
  });

  it('the set of all queues was in force for a queue only while the queue had none of its own', async () => {
    const queue = await aQueue();
    await sets().put(queue, OWN, 0, minutes(10));
    expect(await sets().inForceSince(queue, minutes(20))).toEqual([OWN]);
    expect(await sets().inForceSince(queue, minutes(5))).toEqual([OWN, STANDARD_DISPOSITIONS]);
  });
});
