import type { Session } from '@outdial/protocol';
import { reasonWords } from './catalogue/session-words.js';
import { count } from './catalogue/words.js';
import { formatDuration, formatTime } from './format-time.js';

export interface PhaseText {
  /** The one thing to read from two metres away. */
  readonly headline: string;
  readonly detail: string | null;
}

/** Who paused or stopped it by hand; null where the dialer did. */
const actorName = ({ actor }: Session, userId: string | null): string | null =>
  actor === null ? null : actor.id === userId ? 'you' : actor.name;

/** What the session is doing, as one would say it to the agent. `now` is the server's, `userId` that of the person who reads. */
export function phaseText(session: Session, now: number, userId: string | null = null): PhaseText {
  const live = session.calls.filter((call) => call.state !== 'COMPLETED');
  const secondsTo = (at: string | null) =>
    at === null ? 0 : Math.max(0, Math.ceil((Date.parse(at) - now) / 1000));
  const detail = session.message;

  switch (session.phase) {
    case 'DIALING': {
      const dialing = live.filter((call) => call.state !== 'IN_PROGRESS').length;
      return {
        headline: dialing === 0 ? 'Dialing' : `Dialing ${count(dialing, 'line')}`,
        detail: detail ?? `Round ${session.round} · ${session.queue_name}`,
      };
    }
    case 'ON_CALL': {
      const winner = session.calls.find((call) => call.id === session.winner_call_id);
      return {
        headline: winner ? `On call with ${winner.lead.name}` : 'On a call',
        detail: winner
          ? [
              winner.lead.job_title,
              winner.lead.company,
              session.status === 'PAUSED' && 'pausing after this call',
            ]
              .filter(Boolean)
              .join(' · ') || null
          : detail,
      };
    }
    case 'WRAP_UP':
      return {
        headline: session.wrap_up_until
          ? `Wrap-up ${formatDuration(secondsTo(session.wrap_up_until))}`
          : 'Wrap-up',
        detail:
          session.status === 'PAUSED'
            ? 'Pausing: no new calls are placed after this.'
            : 'Dial next when you are done.',
      };
    case 'DELAY':
      return {
        headline: session.next_round_at
          ? `Next round in ${secondsTo(session.next_round_at)} s`
          : 'Next round',
        detail: detail ?? `Round ${session.round + 1} · ${session.queue_name}`,
      };
    case 'WAITING': {
      if (session.outage) {
        const seconds = secondsTo(session.outage.retry_at);
        return {
          headline: `Waiting: provider is down, next try in ${seconds} s`,
          detail: session.outage.message,
        };
      }
      const why = reasonWords(session.reason, 'waiting');
      const left = secondsTo(session.next_round_at);
      const when =
        left > 0 ? `, next try in ${left < 120 ? `${left} s` : formatDuration(left)}` : '';
      return { headline: why ? `Waiting: ${why}${when}` : `Waiting${when}`, detail };
    }
    case 'PAUSED': {
      const why = reasonWords(session.reason, 'paused');
      if (why) return { headline: `Paused: ${why}`, detail };
      const by = actorName(session, userId);
      return {
        headline: by ? `Paused by ${by}` : 'Paused',
        detail: 'No new calls are placed. Live calls continue.',
      };
    }
    case 'STOPPED': {
      const talking = live.find((call) => call.winner);
      if (talking) {
        return {
          headline: `On call with ${talking.lead.name}`,
          detail: 'No more calls are placed. This conversation continues and is recorded.',
        };
      }
      const by = actorName(session, userId);
      const at = session.stopped_at;
      return {
        headline: reasonWords(session.reason, 'stopped') ?? 'Session stopped',
        detail: by ? `Ended by ${by}${at ? ` at ${formatTime(at)}` : ''}.` : detail,
      };
    }
    default:
      return session.phase satisfies never;
  }
}
