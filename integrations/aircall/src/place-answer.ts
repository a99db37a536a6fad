import type { Availability, PlaceAnswer } from '@outdial/core';
import type { AircallError } from './aircall-error.js';

type Refusal = Extract<PlaceAnswer, { kind: 'refused' }>;

/** Before the order was sent (finding the agent's line): whatever failed, no phone rings. */
export function refusalBeforeOrder(error: AircallError): Refusal {
  const passes = error.mayTryAgain !== 'no';
  return refused(error, passes ? 'later' : 'configuration', error.message);
}

/** `ask_availability`: the agent cannot take it, and only their availability shows whether they are busy or absent. */
export function answerOfOrder(error: AircallError): PlaceAnswer | 'ask_availability' {
  if (error.mayTryAgain === 'unknown') return { kind: 'unknown', message: error.message };
  if (error.mayTryAgain === 'yes') return refused(error, 'later', error.message);
  if (error.trouble === 'agent_state') return 'ask_availability';
  if (error.status === 400 || error.status === 422) return refusalOfOrder(error);
  if (error.trouble === 'not_found') {
    return refused(error, 'configuration', "Aircall does not know this agent's user.");
  }
  return refused(error, 'configuration', error.message);
}

/**
 * 400 is "number not found" (our own line: nothing works until it is fixed) or "invalid number to dial" (this lead
 * only). Only the text distinguishes them (reference 3.1), and it may change, so it is matched loosely.
 */
function refusalOfOrder(error: AircallError): Refusal {
  const text = error.providerText;
  const isAboutTheLead = /invalid (phone )?number|number to dial|not a valid|e\.?164/i.test(text);
  const isAboutOurLine = /number_id|not found|not active|inactive|not assigned|validated/i.test(
    text,
  );
  return isAboutOurLine && !isAboutTheLead
    ? refused(
        error,
        'configuration',
        'Aircall does not let the agent call from this number: it is unknown, not active, or not assigned to them.',
      )
    : refused(error, 'number', 'Aircall says that this number cannot be dialed.');
}

/**
 * After a 405. Whatever else it says, the agent could not take a call a moment ago. Where their availability does not say
 * why (`ready`, `unreachable`), asking before the next round would not hold the dialer back: as `agent_busy` it would give
 * the call back and claim the next one every few seconds, so the same call waits, in growing steps, and people see why.
 */
export function refusalOfAgent(availability: Availability): Refusal {
  switch (availability.kind) {
    case 'away':
      return {
        kind: 'refused',
        because: 'agent_absent',
        away: availability.because,
        message: availability.message,
      };
    case 'busy':
      return { kind: 'refused', because: 'agent_busy', message: availability.message };
    case 'ready':
      return {
        kind: 'refused',
        because: 'later',
        message:
          'Aircall refused the call although it shows the agent as available. ' +
          'The Aircall Workspace must be open on their computer, in one window only.',
      };
    case 'unreachable':
      return {
        kind: 'refused',
        because: 'later',
        message: 'Aircall says that the agent cannot take a call now.',
      };
    default:
      return availability satisfies never;
  }
}

function refused(error: AircallError, because: Refusal['because'], message: string): Refusal {
  return {
    kind: 'refused',
    because,
    message,
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
  };
}
