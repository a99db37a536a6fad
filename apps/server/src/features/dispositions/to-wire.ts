import type { Disposition as CoreDisposition } from '@outdial/core';
import type { DispositionsInForce } from '@outdial/postgres';
import type { Disposition, DispositionSet } from '@outdial/protocol';

export const toWireDispositions = (inForce: DispositionsInForce): DispositionSet => ({
  version: inForce.version,
  scope: inForce.scope,
  dispositions: inForce.dispositions.map(toWire),
});

const toWire = ({ code, label, effect, retry, color, key }: CoreDisposition): Disposition => ({
  code,
  label,
  effect,
  retry: retry === null ? null : { delay_seconds: retry.delaySeconds, tries: retry.tries },
  color,
  key,
});

export const fromWireDisposition = (wire: Disposition): CoreDisposition => ({
  ...wire,
  retry:
    wire.retry === null
      ? null
      : { delaySeconds: wire.retry.delay_seconds, tries: wire.retry.tries },
});
