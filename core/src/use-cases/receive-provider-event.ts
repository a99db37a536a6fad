import { asksForAgent, wasThere } from '../agent/attendance.js';
import { type CallFacts, mergeFacts } from '../call/facts.js';
import { possibleFacts } from '../call/provider-time.js';
import type { NewProviderEvent } from '../ports/provider-inbox.js';
import type { InterpretedEvent, Telephony } from '../ports/telephony.js';
import { applyFacts } from '../session/apply-facts.js';
import type { DialerPorts } from './dialer-ports.js';
import { noteMovedTime } from './note-moved-time.js';
import { publishEffects } from './publish-effects.js';

type Ports = Pick<
  DialerPorts,
  'inbox' | 'eventSerializer' | 'jobs' | 'announcements' | 'journal' | 'clock' | 'ids'
> & {
  readonly store: Pick<DialerPorts['store'], 'changeOnArrival'>;
  readonly presence: Pick<DialerPorts['presence'], 'lastLive'>;
  readonly carriers: {
    of(connectionId: string): Pick<Telephony, 'interpret' | 'capabilities' | 'clockSkewMs'>;
  };
};

/**
 * Stores what a provider sent, before it is answered (P7). An event about a call that this process works on anyway is decided
 * in the same commit, so that a round's other lines are cancelled, and the next call placed, one commit earlier. Everything
 * else is stored, and processing is a job of its own, so that a slow database never makes a provider give up on us; what
 * is plainly nothing for us needs none. Throws `InboxFull`.
 */
export async function receiveProviderEvent(
  ports: Ports,
  event: { readonly provider: string; readonly dedupeKey: string; readonly payload: unknown },
): Promise<'stored' | 'duplicate'> {
  const { inbox, carriers, jobs, clock, ids, eventSerializer } = ports;
  const said = firstLook(carriers.of(event.provider), event.payload);
  const arrived: NewProviderEvent = {
    id: ids.next(),
    ...event,
    callKey:
      said?.kind === 'call' ? (said.match.providerCallId ?? said.match.callId ?? null) : null,
    ignoredBecause: said?.kind === 'ignored' ? said.reason : null,
    receivedAt: clock.now(),
  };
  const store = async (): Promise<'stored' | 'duplicate'> => {
    const stored = await inbox.store(arrived);
    if (stored === 'stored' && arrived.ignoredBecause === null) {
      jobs.wake({ job: 'process-event', id: arrived.id });
    }
    return stored;
  };
  if (said?.kind !== 'call') return store();
  // Stored or decided, it keeps its place before the call's later events.
  const first = eventSerializer.ifIdle(arrived, async () =>
    (await decideAtOnce(ports, arrived, said)) ? ('stored' as const) : store(),
  );
  return first ?? store();
}

/** False: nothing was written, or that is not known; then storing the event finds that it is a duplicate. */
async function decideAtOnce(
  ports: Ports,
  arrived: NewProviderEvent,
  said: Extract<InterpretedEvent, { kind: 'call' }>,
): Promise<boolean> {
  const { store, presence, carriers, clock, journal } = ports;
  const telephony = carriers.of(arrived.provider);
  const { callId, providerCallId } = said.match;
  const known: CallFacts = providerCallId === undefined ? {} : { providerCallId };
  const told = mergeFacts(known, said.facts);
  const now = clock.now();
  const which = {
    ...(callId !== undefined && { callId }),
    ...(providerCallId !== undefined && { providerCallId }),
  };
  const { capabilities } = telephony;
  let agentToAskFor: string | null = null;
  let answeredAt = now;
  const skewMs = telephony.clockSkewMs?.() ?? 0;
  const decide = (agentIsThere: boolean | null) =>
    store.changeOnArrival(arrived, which, (scene) => {
      const { call } = scene.subject;
      const { facts, movedMs } = possibleFacts(told, {
        dialedAt: 'dialedAt' in call ? call.dialedAt : null,
        receivedAt: arrived.receivedAt,
        skewMs,
      });
      if (agentIsThere === null && asksForAgent(scene, facts, capabilities)) {
        agentToAskFor = scene.agent.id;
        answeredAt = facts.answeredAt ?? now;
        return null;
      }
      const { draft } = applyFacts(scene, facts, capabilities, now, agentIsThere ?? true);
      return { change: draft.change(), answer: { callId: call.id, movedMs } };
    });
  try {
    let applied = await decide(null);
    if (agentToAskFor !== null) {
      const lastLive = await presence.lastLive(agentToAskFor, clock.now());
      applied = await decide(wasThere(lastLive, answeredAt, clock.now()));
    }
    if (applied === 'not_now') return false;
    publishEffects(ports, applied);
    noteMovedTime(journal, { ...applied.answer, eventId: arrived.id, skewMs });
    return true;
  } catch (error) {
    journal.note({
      level: 'warn',
      event: 'provider event stored after all',
      eventId: arrived.id,
      details: { message: error instanceof Error ? error.message : String(error) },
    });
    return false;
  }
}

/** What cannot be read is kept all the same: processing will say what is wrong with it, where a person can see it. */
function firstLook(
  telephony: Pick<Telephony, 'interpret'>,
  payload: unknown,
): InterpretedEvent | null {
  try {
    return telephony.interpret(payload);
  } catch {
    return null;
  }
}
