import { DEFAULT_DIALING_SETTINGS, STANDARD_CRM_RECORDS } from '@outdial/core';
import type { SystemSettings } from '@outdial/protocol';
import { toWireDialing } from './translate-dialing.js';

/** What counts until an admin saves settings. */
export const DEFAULT_SETTINGS: SystemSettings = {
  dialing: { ...toWireDialing(DEFAULT_DIALING_SETTINGS), lines: 1, after_connect: 'continue' },
  imports: { default_country: 'US', allowed_countries: [] },
  simulator: {
    profile: 'even',
    weights: { CONNECTED: 40, NO_ANSWER: 25, BUSY: 20, VOICEMAIL: 15 },
    decide_seconds: { min: 3, max: 8 },
    talk_seconds: { min: 10, max: 40 },
  },
  crm: { records: STANDARD_CRM_RECORDS },
  retention: { provider_events_days: 30, imports_days: 30, history_days: null },
};
