import { STANDARD_CRM_RECORDS, TRUTHFUL_CRM_RECORDS } from '@outdial/core';
import type { Config } from '@outdial/protocol';
import { isoOrNull } from '../../operations/to-time.js';
import type { CurrentSettings } from './system-settings.js';

export const toWireConfig = (current: CurrentSettings): Config => ({
  version: current.version,
  updated_at: isoOrNull(current.updatedAt),
  settings: current.settings,
  crm_record_presets: [
    { code: 'standard', records: STANDARD_CRM_RECORDS },
    { code: 'truthful', records: TRUTHFUL_CRM_RECORDS },
  ],
});
