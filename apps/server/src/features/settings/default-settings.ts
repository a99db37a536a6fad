import { DEFAULT_DIALING_SETTINGS, STANDARD_CRM_RECORDS } from '@outdial/core';
import type { SystemSettings } from '@outdial/protocol';
import { toWireDialing } from './translate-dialing.js';

/** What counts until an admin saves settings. */
export const DEFAULT_SETTINGS: SystemSettings = {
  dialing: { ...toWireDialing(DEFAULT_DIALING_SETTINGS), lines: 1, after_connect: 'continue' },
  imports: { default_country: 'US', allowed_countries: [] },
  crm: { records: STANDARD_CRM_RECORDS },
  retention: { provider_events_days: 30, imports_days: 30, history_days: null },
};
