import {
  aConversation,
  anItem,
  aQueuedCall,
  aRingingCall,
  aScene,
  PHONE_APP,
  secondsAfter,
  WIRED,
  withSettings,
} from '@outdial/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveCall, QueuedCall } from '../call/call.js';
import type { Candidate, Outlook, Scene } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import { outageAfterFailure } from './control.js';
import { lineFilling, wantsToDial } from './fill-lines.js';

const now = secondsAfter(10);
const prefixZones = new Map([['1', ['America/New_York']]]);

function filling(capabilities: TelephonyCapabilities = WIRED, at = now) {
  let ids = 0;
  return lineFilling({
    capabilities,
    prefixZones,
    nextId: () => {
      ids += 1;
      return `new-${ids}`;
    },
    now: at,
  });
}

const candidate = (name: string, more: Partial<Candidate['lead']> = {}): Candidate => ({
  item: anItem(name, { state: 'PENDING', claimedBySessionId: null, attempts: 2 }),
  lead: { id: `lead of ${name}`, phone: '+12025550100', timeZone: null, ...more },
  calls: [],
  waitsUntil: null,
});

const NOTHING: Outlook = { blocked: false, nextDueAt: null };

/** Claims from a queue that has so many callable leads. */
function fill(scene: Scene, inQueue: number, outlook = NOTHING, capabilities = WIRED) {
  const rules = filling(capabilities);
  const { take, session } = rules.open(scene);
  const then = { ...scene, session };
  const claimed: QueuedCall[] = [];
  for (let number = 0; number < Math.min(take, inQueue); number += 1) {
    const judgement = rules.assess(candidate(`c${number}`), then);
    if (judgement.kind === 'call') claimed.push(judgement.call);
  }
  const { change } = rules.conclude(then, claimed, outlook);
  return { take, claimed, session: change.session ?? session };
}

describe('a session fills its lines', () => {
  it('up to as many as it has, counting what rings already (P9)', () => {
    expect(fill(aScene([aRingingCall('a')]), 9)).toMatchObject({ take: 2 });
    expect(fill(aScene([aRingingCall('a'), aRingingCall('b'), aQueuedCall('c')]), 9).take).toBe(0);
  });

  it('a session fills its lines never beyond what the provider allows an agent (P9)', () => {
    expect(fill(aScene([], { lines: 5 }), 9, NOTHING, PHONE_APP).take).toBe(1);
  });

  it('a session fills its lines with calls of this round, whose attempts it counts', () => {
    expect(fill(aScene([], { round: 4 }), 1).claimed).toMatchObject([
      { id: 'new-1', state: 'QUEUED', round: 4, attempt: 3, placeAt: now, sessionId: 'session' },
    ]);
  });

  it('a session fills its lines and counts them as attempted (P10)', () => {
    const { session } = fill(aScene([aRingingCall('a')]), 2);
    expect(session.metrics).toMatchObject({ attempted: 3 });
  });

  it('a session fills its lines never with more calls than lines, whatever is live (P9)', () => {
    const lives = fc.array(
      fc.constantFrom<(id: string) => LiveCall>(aQueuedCall, aRingingCall, (id) =>
        aConversation(id, { winner: false }),
      ),
      { maxLength: 6 },
    );
    const cases = fc.record({
      lives,
      lines: fc.integer({ min: 1, max: 5 }),
      most: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(cases, ({ lives, lines, most }) => {
        const live = lives.map((make, index) => make(`c${index}`));
        const { take } = fill(aScene(live, { lines }), 9, NOTHING, {
          ...WIRED,
          maxLinesPerAgent: most,
        });
        expect(take).toBe(Math.max(0, Math.min(lines, most) - live.length));
      }),
    );
  });
});

describe('a session places nothing', () => {
  const busyElsewhere = { ...aScene(), busyElsewhere: true };
  it.each<[string, Scene]>([
    ['while the agent talks', aScene([aConversation('a')])],
    ['while it is paused', aScene([], { status: 'PAUSED' })],
    ['once it is stopped', aScene([], { status: 'STOPPED' })],
    ['during wrap-up', aScene([], { wrapUpUntil: secondsAfter(11) })],
    ['before the next round is due', aScene([], { nextRoundAt: secondsAfter(11) })],
    ['while a conversation of the agent’s last session goes on', busyElsewhere],
    [
      'while the provider is left alone',
      aScene([], { outage: outageAfterFailure(null, 'Down.', () => 5_000, now) }),
    ],
  ])('%s', (_, scene) => {
    expect(fill(scene, 9).take).toBe(0);
    expect(wantsToDial(scene, WIRED, now)).toBe(false);
  });
});

describe('the next round', () => {
  it('the next round begins when its time has come, with another number and without a winner', () => {
    const scene = aScene([], { nextRoundAt: now, winnerCallId: 'before' });
    const { session, take } = fill(scene, 9);
    expect(take).toBe(3);
    expect(session).toMatchObject({ round: 2, winnerCallId: null, nextRoundAt: null });
  });

  it('a session waits for the delay after wrap-up, even when no job ran at the end of wrap-up', () => {
    const { session, take } = fill(
      aScene([], { wrapUpUntil: secondsAfter(9), winnerCallId: 'a' }),
      9,
    );
    expect(take).toBe(0);
    expect(session).toMatchObject({
      wrapUpUntil: null,
      nextRoundAt: secondsAfter(11),
      wakeAt: secondsAfter(11),
      winnerCallId: 'a',
    });
    const late = fill(aScene([], { wrapUpUntil: secondsAfter(5), winnerCallId: 'a' }), 9);
    expect(late).toMatchObject({ take: 3, session: { round: 2, winnerCallId: null } });
  });

  it('the next round does not begin while it is paused', () => {
    const { session } = fill(aScene([], { status: 'PAUSED', nextRoundAt: now }), 9);
    expect(session).toMatchObject({ round: 1, nextRoundAt: now });
  });
});

describe('filling lines after a provider outage', () => {
  const outage = outageAfterFailure(null, 'Down.', () => 0, now);

  it('one call finds out whether it is over', () => {
    expect(fill(aScene([], { outage }), 9).take).toBe(1);
    expect(fill(aScene([aRingingCall('a')], { outage }), 9).take).toBe(1);
  });

  it('a call that waits to be placed again is that call', () => {
    expect(fill(aScene([aQueuedCall('a')], { outage }), 9).take).toBe(0);
  });

  it('the session looks again when the provider has been left alone long enough', () => {
    const waits = outageAfterFailure(null, 'Down.', () => 5_000, now);
    expect(fill(aScene([], { outage: waits }), 9).session.wakeAt).toEqual(secondsAfter(15));
  });
});

describe('a queue without a callable lead', () => {
  it('the session stops', () => {
    expect(fill(aScene(), 0).session).toMatchObject({
      status: 'STOPPED',
      reason: 'queue_exhausted',
      stoppedAt: now,
      phase: 'STOPPED',
    });
  });

  it('it goes on while a phone still rings', () => {
    expect(fill(aScene([aRingingCall('a')]), 0).session).toMatchObject({ status: 'RUNNING' });
  });

  it('a session waits for a lead that is due within its patience', () => {
    const soon: Outlook = { blocked: false, nextDueAt: secondsAfter(60, now) };
    expect(fill(aScene(), 0, soon).session).toMatchObject({
      status: 'RUNNING',
      phase: 'WAITING',
      reason: 'waiting_for_due_item',
      drySince: now,
      wakeAt: soon.nextDueAt,
    });
  });

  it('the session waits for that lead, and the earlier provider outage is cleared', () => {
    const outage = { since: now, failures: 3, message: 'Down.', retryAt: now };
    const soon: Outlook = { blocked: false, nextDueAt: secondsAfter(60, now) };
    expect(fill(aScene([], { outage }), 0, soon).session).toMatchObject({
      reason: 'waiting_for_due_item',
      outage: null,
    });
  });

  it('a session does not wait for a lead that is due after its patience', () => {
    const late: Outlook = { blocked: false, nextDueAt: secondsAfter(61, now) };
    expect(fill(aScene(), 0, late).session.status).toBe('STOPPED');
  });

  it('patience counts from the moment the queue ran dry', () => {
    const soon: Outlook = { blocked: false, nextDueAt: secondsAfter(30, now) };
    const dry = aScene([], { drySince: secondsAfter(-40) });
    expect(fill(dry, 0, soon).session.status).toBe('STOPPED');
  });

  it('it looks again soon while others are calling the last leads, as long as it has patience', () => {
    const taken: Outlook = { blocked: true, nextDueAt: null };
    const { session } = fill(aScene(), 0, taken);
    expect(session).toMatchObject({ status: 'RUNNING', wakeAt: secondsAfter(2, now) });
    const dry = (seconds: number) => aScene([], { drySince: secondsAfter(-seconds, now) });
    expect(fill(dry(58), 0, taken).session.status).toBe('RUNNING');
    expect(fill(dry(59), 0, taken).session).toMatchObject({
      status: 'STOPPED',
      reason: 'queue_exhausted',
    });
  });

  it('it does not stop for a lead that is taken for a moment, however short its patience', () => {
    const settings = withSettings({ patienceSeconds: 0 });
    const taken: Outlook = { blocked: true, nextDueAt: null };
    expect(fill(aScene([], { settings }), 0, taken).session.status).toBe('RUNNING');
  });
});

describe('the calling window', () => {
  const settings = withSettings({ enforceWindow: true });
  const atNight = new Date('2026-01-16T03:00:00Z');

  it('the calling window lets a lead be called, and says why (P8)', () => {
    const judgement = filling().assess(
      candidate('a', { timeZone: 'Europe/London' }),
      aScene([], { settings }),
    );
    expect(judgement).toMatchObject({
      kind: 'call',
      call: { clearance: { rule: 'inside_window', zones: ['Europe/London'], decidedAt: now } },
    });
  });

  it('the calling window holds a lead until the morning where they are (P8)', () => {
    const judgement = filling(WIRED, atNight).assess(candidate('a'), aScene([], { settings }));
    expect(judgement).toMatchObject({ kind: 'hold', dueAt: new Date('2026-01-16T13:00:00Z') });
  });

  it('the calling window is always kept where real phones ring, whatever the queue says (P8)', () => {
    const off = aScene([], { settings: withSettings({ enforceWindow: false }) });
    expect(filling(PHONE_APP, atNight).assess(candidate('a'), off).kind).toBe('hold');
    expect(filling(WIRED, atNight).assess(candidate('a'), off).kind).toBe('call');
  });
});
