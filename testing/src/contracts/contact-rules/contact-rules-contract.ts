import type {
  ContactChange,
  ContactRule,
  OutsideCall,
  PastCall,
  QueueItem,
  Session,
} from '@outdial/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aLead,
  anAgent,
  anItem,
  aQueue,
  aSession,
  claiming,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
  type StoreWorld,
} from '../store-world.js';

/** What every `DialerStore` promises about what is said of a person on one call: it holds in every queue. */
export function contactRulesContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());

  /** One lead in two queues, each worked by an agent; and a colleague in the second. */
  async function twoQueues() {
    const queues = [aQueue(), aQueue()] as const;
    const agents = [anAgent(), anAgent()] as const;
    const [lead, colleague] = [aLead(), aLead()];
    const items = [anItem(queues[0].id, lead.id), anItem(queues[1].id, lead.id)] as const;
    const colleagueItem = anItem(queues[1].id, colleague.id);
    await world.add({
      agents,
      queues,
      leads: [lead, colleague],
      items: [...items, colleagueItem],
    });
    const sessions = [
      aSession(agents[0].id, queues[0].id),
      aSession(agents[1].id, queues[1].id),
    ] as const;
    for (const session of sessions) await world.store.createSession(session);
    return { queues, lead, colleague, items, colleagueItem, sessions };
  }

  const claim = async (session: Session, now = NOON) =>
    (await world.store.fillLines(session.id, now, claiming(3)))?.answer.claimed ?? [];
  const itemOf = async ({ id }: QueueItem): Promise<QueueItem | null> => world.item(id);
  const stateOf = async (item: QueueItem) => (await itemOf(item))?.state;

  /** Says something of a call that is over, and whose item is where the decision puts it. */
  async function say(
    setting: Awaited<ReturnType<typeof twoQueues>>,
    call: Pick<ContactChange, 'callId' | 'phone'>,
    effect: ContactRule['effect'] | null,
    until = minutesAfter(60),
  ) {
    const rule = effect === null ? null : effect === 'waits' ? { effect, until } : { effect };
    const applied = await world.store.changeSession(setting.sessions[0].id, () => ({
      change: {
        contact: { ...call, leadId: setting.lead.id, disposition: 'Said', rule },
      },
      answer: null,
    }));
    return applied?.contact;
  }

  const called = (setting: Awaited<ReturnType<typeof twoQueues>>) => ({
    callId: newId(),
    phone: setting.lead.phone,
  });

  describe('a person who wants no more calls', () => {
    it('a person who wants no more calls is called by no queue, and their place says why', async () => {
      const setting = await twoQueues();
      const contact = await say(setting, called(setting), 'ends_everywhere');
      expect(contact).toMatchObject({ suppressed: [], unsuppressed: [], freedQueueIds: [] });
      expect([...(contact?.queueIds ?? [])].sort()).toEqual(
        setting.queues.map(({ id }) => id).sort(),
      );
      expect(await stateOf(setting.items[1])).toBe('DONE');
      expect(await world.suppression(setting.lead.phone)).toBeNull();
      const claimed = await claim(setting.sessions[1]);
      expect(claimed.map(({ leadId }) => leadId)).toEqual([setting.colleague.id]);
    });

    it('a person who wants no more calls is called by no queue that gets them back from a call, nor one that had claimed them already', async () => {
      const setting = await twoQueues();
      const claimed = await claim(setting.sessions[1]);
      const theirs = claimed.find(({ leadId }) => leadId === setting.lead.id);
      if (theirs === undefined) throw new Error('It should be claimed.');
      await say(setting, called(setting), 'ends_everywhere');
      expect(await world.store.beginPlacing(theirs.id, NOON, minutesAfter(1))).toEqual({
        kind: 'contact_ended',
      });
      const item = await itemOf(setting.items[1]);
      if (item === null) throw new Error('It should be there.');
      await world.store.changeByCall(theirs.id, () => ({
        change: {
          calls: [over(theirs, { dialedAt: null })],
          items: [{ ...item, state: 'PENDING', claimedBySessionId: null }],
        },
        answer: null,
      }));
      expect(await stateOf(setting.items[1])).toBe('DONE');
    });

    it('a lead waits again in other queues once that is taken back, and no other lead does', async () => {
      const setting = await twoQueues();
      const [call, other] = [called(setting), called(setting)];
      await say(setting, call, 'ends_everywhere');
      await say(setting, other, 'ends_everywhere');
      await say(setting, call, null);
      expect(await stateOf(setting.items[1])).toBe('DONE');
      const contact = await say(setting, other, null);
      expect(contact?.freedQueueIds).toContain(setting.queues[1].id);
      expect(await stateOf(setting.items[1])).toBe('PENDING');
    });

    it('a person who wants no more calls stays finished where the queue itself had finished with them', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      await world.store.changeSession(setting.sessions[0].id, () => ({
        change: { items: [{ ...setting.items[0], state: 'DONE' }] },
        answer: null,
      }));
      await say(setting, call, 'ends_everywhere');
      await say(setting, call, null);
      expect(await stateOf(setting.items[0])).toBe('DONE');
      expect(await stateOf(setting.items[1])).toBe('PENDING');
    });
  });

  describe('a person who asked not to be called', () => {
    it('a person who asked not to be called is suppressed with the number called, the one that was corrected meanwhile and every further one', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      const [corrected, further] = [aLead().phone, aLead().phone];
      await world.add({ furtherPhones: { [setting.lead.id]: [further] } });
      await world.setPhone(setting.lead.id, corrected);
      const contact = await say(setting, call, 'suppress_person');
      expect([...(contact?.suppressed ?? [])].sort()).toEqual(
        [call.phone, corrected, further].sort(),
      );
      for (const phone of [call.phone, corrected, further]) {
        expect(await world.suppression(phone)).toMatchObject({ source: 'agent' });
      }
      expect(await stateOf(setting.items[0])).toBe('SUPPRESSED');
      expect(await stateOf(setting.items[1])).toBe('SUPPRESSED');
    });

    it('a person who asked not to be called stays so with a number that they get later', async () => {
      const setting = await twoQueues();
      await say(setting, called(setting), 'suppress_person');
      await world.setPhone(setting.lead.id, aLead().phone);
      expect(await stateOf(setting.items[1])).toBe('SUPPRESSED');
      const claimed = await claim(setting.sessions[1]);
      expect(claimed.map(({ leadId }) => leadId)).toEqual([setting.colleague.id]);
    });

    it('a person who asked not to be called takes along another lead who has their own number, and not a colleague who shares a further one', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      const switchboard = aLead().phone;
      await world.add({
        furtherPhones: {
          [setting.lead.id]: [switchboard],
          [setting.colleague.id]: [switchboard],
        },
      });
      await say(setting, call, 'suppress_person');
      expect(await stateOf(setting.colleagueItem)).toBe('PENDING');
      await world.add({ furtherPhones: { [setting.colleague.id]: [call.phone] } });
      expect(await stateOf(setting.colleagueItem)).toBe('SUPPRESSED');
    });

    it('a person who asked not to be called is called again once that is taken back, unless the list had the number before', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      await say(setting, call, 'suppress_person');
      const contact = await say(setting, call, null);
      expect(contact).toMatchObject({ suppressed: [], unsuppressed: [call.phone] });
      expect(await world.suppression(call.phone)).toBeNull();
      expect(await stateOf(setting.items[1])).toBe('PENDING');

      const listed = { phone: call.phone, reason: 'by letter', source: 'person' as const };
      await world.add({ suppressions: [listed] });
      await say(setting, call, 'suppress_person');
      await say(setting, call, null);
      expect(await world.suppression(call.phone)).toEqual(listed);
      expect(await stateOf(setting.items[1])).toBe('SUPPRESSED');
    });

    it('a person who asked not to be called stays suppressed while another call says so too', async () => {
      const setting = await twoQueues();
      const [call, other] = [called(setting), called(setting)];
      await say(setting, call, 'suppress_person');
      await say(setting, other, 'suppress_person');
      await say(setting, call, null);
      expect(await world.suppression(call.phone)).not.toBeNull();
      expect(await stateOf(setting.items[1])).toBe('SUPPRESSED');
      await say(setting, other, null);
      expect(await world.suppression(call.phone)).toBeNull();
      expect(await stateOf(setting.items[1])).toBe('PENDING');
    });
  });

  describe('a wrong number', () => {
    it('a wrong number is never dialed again, and the person is called on another one', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      await say(setting, call, 'suppress_number');
      expect(await world.suppression(call.phone)).not.toBeNull();
      expect(await stateOf(setting.items[1])).toBe('SUPPRESSED');
      await world.setPhone(setting.lead.id, aLead().phone);
      expect(await stateOf(setting.items[1])).toBe('PENDING');
    });

    it('a wrong number does not hold a person who has it as a further number', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      await world.add({ furtherPhones: { [setting.colleague.id]: [call.phone] } });
      await say(setting, call, 'suppress_number');
      expect(await stateOf(setting.colleagueItem)).toBe('PENDING');
    });
  });

  describe('a person who asked to be called back', () => {
    /** Judged as the core does: no person is called while they wait. */
    const judged = async (session: Session) => {
      const seen: { leadId: string; waitsUntil: Date | null }[] = [];
      const rules = claiming(3);
      await world.store.fillLines(session.id, NOON, {
        ...rules,
        assess: (candidate, scene) => {
          seen.push({ leadId: candidate.lead.id, waitsUntil: candidate.waitsUntil });
          return rules.assess(candidate, scene);
        },
      });
      return seen;
    };

    it('a person who asked to be called back is shown to other queues’ claims as waiting, until that is taken back', async () => {
      const setting = await twoQueues();
      const call = called(setting);
      await say(setting, call, 'waits', minutesAfter(90));
      expect(await judged(setting.sessions[1])).toContainEqual({
        leadId: setting.lead.id,
        waitsUntil: minutesAfter(90),
      });
      const again = await twoQueues();
      await say(again, called(again), 'waits');
      expect((await judged(again.sessions[1])).map(({ leadId }) => leadId)).toContain(
        again.lead.id,
      );
    });

    it('a person who asked to be called back does not wait in the queue that promised it', async () => {
      const setting = await twoQueues();
      await world.store.changeSession(setting.sessions[0].id, () => ({
        change: { items: [{ ...setting.items[0], callback: true }] },
        answer: null,
      }));
      await say(setting, called(setting), 'waits');
      expect(await judged(setting.sessions[0])).toEqual([
        { leadId: setting.lead.id, waitsUntil: null },
      ]);
    });
  });

  describe('earlier calls to a number', () => {
    async function withHistory() {
      const setting = await twoQueues();
      const call = first(await claim(setting.sessions[0]));
      await world.store.changeByCall(call.id, ({ subject: { item } }) => ({
        change: {
          calls: [over(call, { dialedAt: NOON, endedAt: minutesAfter(1) })],
          items: item === null ? [] : [{ ...item, state: 'DONE', claimedBySessionId: null }],
        },
        answer: null,
      }));
      return setting;
    }

    it('earlier calls to a number are shown to the claim of every queue', async () => {
      const setting = await withHistory();
      let calls: unknown = null;
      const rules = claiming(3);
      await world.store.fillLines(setting.sessions[1].id, minutesAfter(2), {
        ...rules,
        assess: (candidate, scene) => {
          if (candidate.lead.id === setting.lead.id) calls = candidate.calls;
          return rules.assess(candidate, scene);
        },
      });
      expect(calls).toEqual([{ dialedAt: NOON, endedAt: minutesAfter(1) }]);
    });

    it.each([
      [
        'of which the clearance did not know stop a call that was claimed',
        null,
        'called_meanwhile',
      ],
      ['that the clearance knew of let it through', minutesAfter(1), 'begun'],
    ])('%s', async (_, lastEndedAt, kind) => {
      const setting = await withHistory();
      const rules = claiming(3);
      const applied = await world.store.fillLines(setting.sessions[1].id, minutesAfter(2), {
        ...rules,
        assess: (candidate, scene) => {
          const judgement = rules.assess(candidate, scene);
          if (judgement.kind === 'hold') return judgement;
          const contact = {
            gapSeconds: 600,
            callsPerDay: 3,
            callsToday: 0,
            lastEndedAt: candidate.lead.id === setting.lead.id ? lastEndedAt : null,
            zones: ['America/Denver'],
            promised: false,
          };
          const clearance = { ...judgement.call.clearance, contact };
          return { kind: 'call', call: { ...judgement.call, clearance } };
        },
      });
      const call = applied?.answer.claimed.find(({ leadId }) => leadId === setting.lead.id);
      if (call === undefined) throw new Error('It should be claimed.');
      expect((await world.store.findCall(call.id))?.clearance).toEqual(call.clearance);
      expect(
        await world.store.beginPlacing(call.id, minutesAfter(3), minutesAfter(4)),
      ).toMatchObject({
        kind,
      });
    });
  });

  describe('calls outside the dialer', () => {
    const report = (phone: string, more: Partial<OutsideCall> = {}) =>
      world.store.noteOutsideCall({
        provider: 'simulator',
        providerCallId: newId(),
        phone,
        dialedAt: NOON,
        endedAt: minutesAfter(1),
        ...more,
      });
    const seen = async (session: Session, leadId: string) => {
      let calls: readonly PastCall[] | null = null;
      const rules = claiming(3);
      await world.store.fillLines(session.id, minutesAfter(2), {
        ...rules,
        assess: (candidate, scene) => {
          if (candidate.lead.id === leadId) calls = candidate.calls;
          return rules.assess(candidate, scene);
        },
      });
      return calls;
    };

    it('calls outside the dialer are shown to the claim of every queue, the one that goes on first', async () => {
      const setting = await twoQueues();
      const { phone } = setting.lead;
      await report(phone);
      await report(phone, { dialedAt: minutesAfter(1.5), endedAt: null });
      const both = [
        { dialedAt: minutesAfter(1.5), endedAt: null },
        { dialedAt: NOON, endedAt: minutesAfter(1) },
      ];
      expect(await seen(setting.sessions[1], setting.lead.id)).toEqual(both);
    });

    it('calls outside the dialer count once, however often and in whichever order they are reported', async () => {
      const setting = await twoQueues();
      const { phone } = setting.lead;
      const providerCallId = newId();
      await report(phone, { providerCallId, dialedAt: minutesAfter(0.5) });
      await report(phone, { providerCallId, endedAt: null });
      await report(phone, { providerCallId, endedAt: minutesAfter(0.9) });
      await report(phone, { providerCallId: newId(), provider: 'another' });
      const once = { dialedAt: NOON, endedAt: minutesAfter(1) };
      expect(await seen(setting.sessions[1], setting.lead.id)).toEqual([once, once]);
    });

    it('calls outside the dialer that turn out to be of the dialer count as its own call only', async () => {
      const setting = await twoQueues();
      const call = first(await claim(setting.sessions[0]));
      const providerCallId = newId();
      await report(call.phone, { providerCallId });
      await world.store.changeByCall(call.id, ({ subject: { item } }) => ({
        change: {
          calls: [over(call, { providerCallId, dialedAt: NOON, endedAt: minutesAfter(1) })],
          items: item === null ? [] : [{ ...item, state: 'DONE', claimedBySessionId: null }],
        },
        answer: null,
      }));
      expect(await seen(setting.sessions[1], setting.lead.id)).toEqual([
        { dialedAt: NOON, endedAt: minutesAfter(1) },
      ]);
    });

    it.each<[string, Partial<OutsideCall>, string]>([
      ['that go on stop a call that was claimed', { endedAt: null }, 'called_meanwhile'],
      ['that are over stop it too', {}, 'called_meanwhile'],
      ['that the clearance knew of let it through', { endedAt: minutesAfter(-30) }, 'begun'],
      [
        'whose end was never reported let it through',
        { dialedAt: minutesAfter(-300), endedAt: null },
        'begun',
      ],
    ])('%s', async (_, more, kind) => {
      const setting = await twoQueues();
      const contact = {
        gapSeconds: 600,
        callsPerDay: 3,
        callsToday: 0,
        lastEndedAt: minutesAfter(-30),
        zones: ['America/Denver'],
        promised: false,
      };
      const rules = claiming(3);
      const applied = await world.store.fillLines(setting.sessions[1].id, NOON, {
        ...rules,
        assess: (candidate, scene) => {
          const judgement = rules.assess(candidate, scene);
          if (judgement.kind === 'hold') return judgement;
          const clearance = { ...judgement.call.clearance, contact };
          return { kind: 'call', call: { ...judgement.call, clearance } };
        },
      });
      const call = first(applied?.answer.claimed ?? []);
      await report(call.phone, more);
      expect(
        await world.store.beginPlacing(call.id, minutesAfter(2), minutesAfter(3)),
      ).toMatchObject({ kind });
    });
  });

  it('open sessions are found by their queues, page by page', async () => {
    const setting = await twoQueues();
    const [one, two] = setting.queues.map(({ id }) => id);
    const on = async (queueIds: string[], after: string | null = null, limit = 10) =>
      (await world.store.sessionsOn(queueIds, ['RUNNING'], { after, limit })).map(({ id }) => id);
    const all = setting.sessions.map(({ id }) => id).sort();
    expect(await on([one ?? '', two ?? ''])).toEqual(all);
    expect(await on([one ?? '', two ?? ''], null, 1)).toEqual(all.slice(0, 1));
    expect(await on([one ?? '', two ?? ''], all[0] ?? null, 1)).toEqual(all.slice(1));
    expect(await on([two ?? ''])).toEqual([setting.sessions[1].id]);
    expect(await on([])).toEqual([]);
    expect(
      await world.store.sessionsOn([one ?? ''], ['PAUSED'], { after: null, limit: 10 }),
    ).toEqual([]);
  });
}
