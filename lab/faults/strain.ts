import { aroundCarriers, CrmError, type DialerPorts } from '@outdial/core';
import { Chance } from '../worlds/chance.js';
import { replaceMethods } from './replace-methods.js';

/** What goes wrong at a node's ports all the time; each in percent of the askings. The same seed tells the same story. */
export interface Strain {
  readonly seed: number;
  /** Events that the provider sent and that never reached us. */
  readonly loseEvents?: number;
  readonly repeatEvents?: number;
  readonly delayEvents?: number;
  /** Calls that were placed, with the answer lost on the way. */
  readonly losePlaceAnswers?: number;
  readonly refusePlacing?: number;
  readonly failLookUps?: number;
  readonly failHangUps?: number;
  readonly failCrm?: number;
  /** Activities that the CRM wrote, with the answer lost on the way. */
  readonly loseCrmAnswers?: number;
}

const DELAY_AT_MOST_MS = 3_000;

export const writeStrain = (strain: Strain): string => JSON.stringify(strain);
export const readStrain = (text: string): Strain => JSON.parse(text) as Strain;

/** The dialer's ports on a bad network. Rows and jobs are not touched: what the database says is true. */
export function withStrain(ports: DialerPorts, strain: Strain): DialerPorts {
  const chance = new Chance(strain.seed);
  const strikes = (percent = 0): boolean => chance.happens(percent / 100);
  const { inbox, carriers, crm } = ports;
  return {
    ...ports,
    inbox: replaceMethods(inbox, {
      async store(event) {
        if (strikes(strain.loseEvents)) return 'duplicate';
        if (strikes(strain.delayEvents)) {
          const late = chance.between(0, DELAY_AT_MOST_MS);
          await new Promise((resolve) => setTimeout(resolve, late));
        }
        const stored = await inbox.store(event);
        if (strikes(strain.repeatEvents)) await inbox.store({ ...event, id: ports.ids.next() });
        return stored;
      },
    }),
    carriers: aroundCarriers(carriers, (telephony) =>
      replaceMethods(telephony, {
        async place(order) {
          if (strikes(strain.refusePlacing)) {
            return { kind: 'refused', because: 'later', message: 'The provider is busy.' };
          }
          const answer = await telephony.place(order);
          return strikes(strain.losePlaceAnswers)
            ? { kind: 'unknown', message: 'The answer was lost.' }
            : answer;
        },
        async lookUp(call) {
          return strikes(strain.failLookUps)
            ? { kind: 'unreachable', message: 'The provider does not answer.' }
            : telephony.lookUp(call);
        },
        async hangUp(call) {
          return strikes(strain.failHangUps)
            ? { kind: 'failed', message: 'The provider does not answer.' }
            : telephony.hangUp(call);
        },
      }),
    ),
    crm: replaceMethods(crm, {
      async putActivity(activity) {
        if (strikes(strain.failCrm)) throw new CrmError('The CRM is down.', true);
        const written = await crm.putActivity(activity);
        if (strikes(strain.loseCrmAnswers)) throw new CrmError('The answer was lost.', true);
        return written;
      },
    }),
  };
}
