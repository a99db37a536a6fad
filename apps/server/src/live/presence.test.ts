import { createVirtualTime } from '@outdial/testing/virtual-time';
import { expect, it } from 'vitest';
import { createPresence } from './presence.js';

const START = new Date('2026-11-20T15:00:00.000Z');

function aNode() {
  const time = createVirtualTime(START);
  const written: { readonly second: number; readonly agents: readonly string[] }[] = [];
  const warned: string[] = [];
  let broken = false;
  const presence = createPresence({
    store: {
      seen: async (agents, at) => {
        if (broken) throw new Error('The database is away.');
        written.push({ second: Math.floor((at.getTime() - START.getTime()) / 1000), agents });
      },
    },
    agents: { list: async () => ({ rows: [{ id: 'first' }] }) as never },
    clock: time,
    timers: time,
    log: { warn: (_, message) => void warned.push(message) },
  });
  return {
    time,
    presence,
    written,
    warned,
    breakDatabase: (is: boolean) => {
      broken = is;
    },
  };
}

it('an agent is seen when their screen connects, every half minute, and when it goes', async () => {
  const { time, presence, written } = aNode();
  const leave = presence.connected('ada');
  await time.advance(70_000);
  leave();
  await time.advance(120_000);
  expect(written.map(({ second }) => second)).toEqual([0, 30, 60, 70]);
  expect(written.every(({ agents }) => agents.join() === 'ada')).toBe(true);
  await presence.close();
});

it('screens that come back all at once are one statement, and so is each half minute of all of them', async () => {
  const { time, presence, written } = aNode();
  for (let n = 0; n < 200; n += 1) presence.connected(`agent ${n}`);
  await time.advance(31_000);
  expect(written.map(({ agents }) => agents.length)).toEqual([200, 200]);
  await presence.close();
});

it('an agent with two screens is there until both are gone', async () => {
  const { time, presence, written } = aNode();
  const leaveOne = presence.connected('ada');
  const leaveOther = presence.connected('ada');
  leaveOne();
  leaveOne();
  await time.advance(61_000);
  expect(written).toHaveLength(3);
  leaveOther();
  await time.advance(61_000);
  expect(written).toHaveLength(4);
  await presence.close();
});

it('a screen of nobody in particular is that of the agent who was created first', async () => {
  const { time, presence, written } = aNode();
  presence.connected(null);
  presence.connected('first');
  await time.advance(1_000);
  expect(written).toEqual([{ second: 0, agents: ['first'] }]);
  await presence.close();
});

it('while the database is away nobody is taken for absent longer than it was away', async () => {
  const { time, presence, written, warned, breakDatabase } = aNode();
  presence.connected('ada');
  breakDatabase(true);
  await time.advance(45_000);
  expect(warned).toHaveLength(2);
  breakDatabase(false);
  await time.advance(30_000);
  expect(written).toEqual([{ second: 60, agents: ['ada'] }]);
  await presence.close();
});

it('a node that ends says when it last saw those who were there', async () => {
  const { time, presence, written } = aNode();
  presence.connected('ada');
  await time.advance(12_000);
  await presence.close();
  await presence.close();
  expect(written.map(({ second }) => second)).toEqual([0, 12]);
  expect(time.pending()).toBe(0);
});
