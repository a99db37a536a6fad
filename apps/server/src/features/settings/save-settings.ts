import type { SystemSettings as WireSettings } from '@outdial/protocol';
import type { Author } from '../../access/audit-trail.js';
import { changedFields } from '../../access/changed-fields.js';
import type { Changes } from '../../audit/changes.js';
import type { SettingsPut, SystemSettings } from './system-settings.js';

/** Stores the next version of the system settings, and in the same transaction who changed which of them. */
export const saveSettings = (
  ports: { readonly settings: SystemSettings; readonly changes: Changes },
  next: { readonly version: number; readonly settings: WireSettings },
  author: Author,
): Promise<SettingsPut> =>
  ports.settings.put(next.version, next.settings, (before, put) =>
    ports.changes.run(async (stores, record) => {
      const answer = await put(stores.settings);
      // A version that was saved in between is a conflict, so `before` is the version before this one.
      if (answer.kind === 'stored') {
        record({
          ...author,
          action: 'config_changed',
          target: { kind: 'config', id: String(answer.settings.version) },
          details: { ...changedFields(before.settings, next.settings) },
        });
      }
      return answer;
    }),
  );
