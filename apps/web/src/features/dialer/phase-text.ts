import type { Session } from '@outdial/protocol';
import { count } from '../../data/words.js';
import { formatDuration } from '../../ui/format-time.js';

export interface PhaseText {
  /** The one thing to read from two metres away. */
  readonly headline: string;
  readonly detail: string | null;
}

const PAUSE_REASONS: Record<string, string> = {
  agent_do_not_disturb: 'agent is do-not-disturb',
  agent_offline: 'agent is offline',
  agent_away: 'agent was away',
  manual_call: 'agent is on a call of their own',
  agent_busy: 'agent is on another call',
  provider_refused: 'the provider refused',
  provider_changed: 'calls go through another provider now',
  provider_trouble: 'provider is down',
};

const STOP_REASONS: Record<string, string> = {
  by_person: 'Session stopped',
  first_connect: 'Session over: first conversation reached',
  queue_dry: 'Session over: nobody to call now',
  provider_refused: 'Session stopped: the provider refused',
};

const WAIT_REASONS: Record<string, string> = {
  waiting_for_due_item: 'the next lead is not due yet',
  agent_busy: 'agent is on another call',
  agent_offline: 'agent is offline',
  agent_do_not_disturb: 'agent is do-not-disturb',
};

/** What the session is doing, as one would say it to the agent. `now` is the server's. */
export function phaseText(session: Session, now: number): PhaseText {
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
            : 'Save a disposition to go on at once.',
      };
    case 'DELAY':
      return {
        headline: session.next_round_at
          ? `Next round in ${secondsTo(session.next_round_at)} s`
          : 'Next round',
        detail: detail ?? `Round ${session.round + 1} · ${session.queue_name}`,
      };
    case 'WAITING': {
      if (session.trouble) {
        const seconds = secondsTo(session.trouble.retry_at);
        return {
          headline: `Waiting: provider is down, next try in ${seconds} s`,
          detail: session.trouble.message,
        };
      }
      const why = WAIT_REASONS[session.reason ?? ''];
      const left = secondsTo(session.next_round_at);
      const when =
        left > 0 ? `, next try in ${left < 120 ? `${left} s` : formatDuration(left)}` : '';
      return { headline: why ? `Waiting: ${why}${when}` : `Waiting${when}`, detail };
    }
    case 'PAUSED': {
      const why = PAUSE_REASONS[session.reason ?? ''];
      return {
        headline: why ? `Paused: ${why}` : 'Paused',
        detail: detail ?? 'No new calls are placed. Live calls go on.',
      };
    }
    case 'STOPPED': {
      const talking = live.find((call) => call.winner);
      if (talking) {
        return {
          headline: `On call with ${talking.lead.name}`,
          detail: 'No more calls are placed. This conversation goes on and is recorded.',
        };
      }
      return { headline: STOP_REASONS[session.reason ?? ''] ?? 'Session stopped', detail };
    }
    default:
      return session.phase satisfies never;
  }
}
