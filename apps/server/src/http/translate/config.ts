import type { Config } from '@outdial/protocol';
import type { CurrentSettings } from '../../settings/system-settings.js';
import { isoOrNull } from './time.js';

export const toWireConfig = (current: CurrentSettings): Config => ({
  version: current.version,
  updated_at: isoOrNull(current.updatedAt),
  settings: current.settings,
});
