import { isPhoneCountry } from '@outdial/core';
import { operations, type SystemSettings } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { type Handled, handle } from '../../operations/handle.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { saveSettings } from './save-settings.js';
import { toWireConfig } from './to-wire.js';

export function configHandlers(ports: Pick<HttpPorts, 'settings' | 'changes'>): readonly Handled[] {
  const { settings } = ports;
  return [
    handle(operations.config.get, async () => toWireConfig(await settings.current())),

    handle(operations.config.put, async (request) => {
      const { body } = request;
      checkCountries(body.settings.imports);
      const answer = await saveSettings(ports, body, authorOf(request));
      if (answer.kind === 'stored') return toWireConfig(answer.current);
      throw new Refusal(
        'version_conflict',
        `The settings are at version ${answer.current.version}, not ${body.version}. Read them again, then save.`,
        { errors: [{ field: 'version', message: `is not ${answer.current.version}` }] },
      );
    }),
  ];
}

/** UK instead of GB would refuse every number that is read from then on. */
function checkCountries(imports: SystemSettings['imports']): void {
  const message = (code: string): string =>
    `${code} is no country with telephone numbers; use a code such as US or GB`;
  const { default_country: country, allowed_countries: allowed } = imports;
  const faults = allowed.flatMap((code, at) =>
    isPhoneCountry(code)
      ? []
      : [{ field: `settings.imports.allowed_countries.${at}`, message: message(code) }],
  );
  if (country !== null && !isPhoneCountry(country)) {
    faults.unshift({ field: 'settings.imports.default_country', message: message(country) });
  }
  if (faults.length > 0) throw doesNotFit(faults);
}
