import type { Availability } from '@outdial/core';

/** The table of reference 3. The list of words may grow, and what is not known is not available. */
export function mapAvailability(word: string): Availability {
  switch (word) {
    case 'available':
      return { kind: 'ready' };
    case 'in_call':
      return { kind: 'busy', message: 'The agent is on a call in Aircall.' };
    case 'after_call_work':
      return { kind: 'busy', message: 'The agent is wrapping up a call in Aircall.' };
    case 'do_not_disturb':
      return {
        kind: 'away',
        because: 'do_not_disturb',
        message: 'The agent is set to do-not-disturb in Aircall.',
      };
    case 'offline':
      return {
        kind: 'away',
        because: 'offline',
        message: 'The agent has no Aircall Workspace open.',
      };
    default:
      return {
        kind: 'busy',
        message: 'Aircall says of the agent something the dialer does not know.',
      };
  }
}
