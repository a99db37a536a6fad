import { createVirtualTime } from '@outdial/testing/virtual-time';
import { expect, it } from 'vitest';
import { createPresence } from './presence.js';

const START = new Date('2026-11-20T15:00:00.000Z');

function aNode() {
  const time = createVirtualTime(START);
  const written: string[] = [];
  const announced: string[] = [];
  const arrived: string[] = [];
  const warned: string[] = [];
  let broken = false;
  const second = (at = time.now()) => Math.floor((at.getTime() - START.getTime()) / 1000);
  const put = (what: string) => async (_: string, agents: readonly string[], at: Date) => {
    if (broken) throw new Error('The database is away.');
    written.push(`${second(at)} ${what} ${agents.join()}`);
  };
  const screens = new Map<string, number>();
  const presence = createPresence({
    screens,
    store: { seen: put('seen'), left: put('left') },
    announcements: {
      announce: (change) =>
        void announced.push(`${second()} ${change.kind === 'agent' ? change.agentId : '?'}`),
    },
    arrived: (agentId) => void arrived.push(agentId),
    nodeId: 'node',
    clock: time,
    timers: time,
    log: { warn: (_, message) => void warned.push(message) },
  });
  return {
    time,
    screens,
    presence,
    written,
    announced,
    arrived,
    warned,
    breakDatabase: (is: boolean) => {
      broken = is;
    },
  };
}

it('an agent is seen when their screen connects and with each heartbeat, and left when it goes', async () => {
  const { time, screens, presence, written } = aNode();
  const leave = presence.connected('ada');
  await time.advance(25_000);
  expect(screens.has('ada')).toBe(true);
  leave();
  expect(screens.has('ada')).toBe(false);
  await time.advance(60_000);
  expect(written).toEqual(['0 seen ada', '10 seen ada', '20 seen ada', '25 left ada']);
  await presence.close();
});

it('an agent who comes is announced at once, one who goes after the grace of a reload', async () => {
  const { time, presence, announced, arrived } = aNode();
  const leave = presence.connected('ada');
  await time.advance(20_000);
  leave();
  await time.advance(60_000);
  expect(announced).toEqual(['0 ada', '30 ada']);
  expect(arrived).toEqual(['ada']);
  await presence.close();
});

it('screens that come back all at once are one statement, and so is each heartbeat of all of them', async () => {
  const { time, presence, written } = aNode();
  for (let n = 0; n < 200; n += 1) presence.connected(`agent ${n}`);
  await time.advance(11_000);
  expect(written).toHaveLength(2);
  expect(written[0]?.split(',')).toHaveLength(200);
  await presence.close();
});

it('an agent with two screens is there until both are gone', async () => {
  const { time, presence, written } = aNode();
  const leaveOne = presence.connected('ada');
  const leaveOther = presence.connected('ada');
  leaveOne();
  leaveOne();
  await time.advance(11_000);
  expect(written).toEqual(['0 seen ada', '10 seen ada']);
  leaveOther();
  await time.advance(11_000);
  expect(written.at(-1)).toBe('11 left ada');
  await presence.close();
});

it('what the database did not take of comings and goings is written and announced with the next heartbeat', async () => {
  const { time, presence, written, warned, announced, breakDatabase } = aNode();
  const leave = presence.connected('ada');
  await time.advance(5_000);
  breakDatabase(true);
  leave();
  presence.connected('ben');
  await time.advance(4_000);
  expect(warned).toHaveLength(1);
  breakDatabase(false);
  await time.advance(30_000);
  expect(written.slice(1, 3)).toEqual(['10 seen ben', '10 left ada']);
  expect(announced).toEqual(['0 ada', '10 ben', '20 ada']);
  await presence.close();
});

it('a node that ends says that its screens are gone', async () => {
  const { time, presence, written } = aNode();
  presence.connected('ada');
  await time.advance(5_000);
  await presence.close();
  await presence.close();
  expect(written).toEqual(['0 seen ada', '5 left ada']);
  expect(time.pending()).toBe(0);
});
