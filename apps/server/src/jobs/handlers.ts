import {
  advanceSession,
  checkCall,
  type DialerPorts,
  hangUpCall,
  type JobName,
  placeCall,
  processProviderEvent,
  syncCall,
} from '@outdial/core';

/** What each job does. Every one claims its row first, so that it may run twice, late, or on two nodes. */
export const jobHandlers = (
  dialer: () => DialerPorts,
  runImport: (importId: string) => Promise<void>,
): Record<JobName, (id: string) => Promise<void>> => ({
  'advance-session': (id) => advanceSession(dialer(), id),
  'place-call': (id) => placeCall(dialer(), id),
  'hang-up-call': (id) => hangUpCall(dialer(), id),
  'check-call': (id) => checkCall(dialer(), id),
  'process-event': (id) => processProviderEvent(dialer(), id),
  'sync-call': async (id) => {
    await syncCall(dialer(), id);
  },
  'run-import': runImport,
});
