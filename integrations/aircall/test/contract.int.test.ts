import type { AgentAtCarrier } from '@outdial/core';
import {
  type Fate,
  type TelephonyHarness,
  telephonyContract,
} from '@outdial/testing/contracts/telephony';
import type { FateInput } from '../mock/index.js';
import { openAircallInABox } from './aircall-in-a-box.js';
import { agentOf } from './far-end.js';

/** One agent whose user and number are set, one who is found by e-mail: both ways are put through the whole contract. */
const alex = agentOf();
const sam = agentOf({
  id: '01900000-0000-7000-8000-000000000457',
  name: 'Sam Agent',
  email: 'sam@outdial.example',
  providerUserId: null,
  providerNumberId: null,
});

const userIds: Readonly<Record<string, number>> = { [alex.id]: 456, [sam.id]: 457 };
const userOf = (agent: AgentAtCarrier): number => userIds[agent.id] ?? 0;

const talks: FateInput = { kind: 'answer', afterSeconds: 8, talkSeconds: 20, endedBy: 'remote' };
const FATES: Readonly<Partial<Record<Fate, FateInput>>> = {
  answers: talks,
  answer_lost: talks,
  answers_at_length: { ...talks, talkSeconds: null },
  never_answers: { kind: 'no_answer', ringSeconds: 27 },
  busy: { kind: 'busy', afterSeconds: 4 },
  voicemail: { kind: 'mailbox', afterSeconds: 20, talkSeconds: 10, endedBy: 'agent' },
  forgotten: { kind: 'no_call' },
};

async function createHarness(): Promise<TelephonyHarness> {
  const box = await openAircallInABox();
  const { control } = box;
  const order = { method: 'POST', path: '/v1/users/:id/calls', mode: 'cut', count: 1 } as const;
  let arranged = 0;
  let outage: number | null = null;
  return {
    telephony: box.telephony,
    agents: [alex, sam],
    exceptions: {
      busy_told_apart:
        'Aircall reports a busy line like an unanswered call: hangup_cause is never set (reference 7.3).',
      out_of_service:
        'Aircall reports a call that could not be connected like an unanswered call (reference 7.3).',
    },
    now: async () => box.now(),
    advance: (ms) => box.advance(ms),
    events: async () => box.desk.stored,
    async arrange(fate) {
      arranged += 1;
      // Too short for E.164, so that Aircall refuses it.
      if (fate === 'refused') return `+1${arranged}`;
      const to = `+120255501${String(arranged).padStart(2, '0')}`;
      const script = FATES[fate];
      if (script !== undefined) control.scriptFate(to, script);
      if (fate === 'answer_lost') control.addApiFault({ ...order, executed: true });
      if (fate === 'request_lost') control.addApiFault(order);
      return to;
    },
    async setDown(down) {
      if (outage !== null) control.removeApiFault(outage);
      outage = down ? control.addApiFault({ path: '*', mode: 'cut' }).id : null;
    },
    loseEvents: async (lose) => {
      control.setEventFaults({ dropPercent: lose ? 100 : 0 });
    },
    async setAvailability(agent, state) {
      const userId = userOf(agent);
      if (state === 'busy') {
        // A call that the agent dials in their own app; they are in it once Aircall has created it.
        control.agentDials(userId, '+12025550199', {
          fate: { kind: 'no_answer', ringSeconds: null },
        });
        await box.advance(3_000);
        return;
      }
      control.hangUpCallsOf(userId);
      control.setAvailability(userId, state === 'ready' ? 'available' : state);
      await box.advance(0);
    },
    revokeCredentials: async () => box.revokeCredentials(),
    close: () => box.close(),
  };
}

telephonyContract('Aircall, against mock-aircall over HTTP', createHarness);
