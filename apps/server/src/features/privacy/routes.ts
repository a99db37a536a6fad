import type { PersonKey } from '@outdial/postgres';
import { type ExportPerson, operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { type Handled, handle } from '../../operations/handle.js';
import { record } from '../../operations/record.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { readPhone } from '../leads/read-phone.js';
import { countsOf, kindOf, toWireErased, toWirePerson } from './to-wire.js';

type Ports = Pick<HttpPorts, 'people' | 'settings' | 'audit' | 'clock'>;

export function peopleHandlers(ports: Ports): readonly Handled[] {
  const { people, clock } = ports;
  return [
    handle(operations.people.export, async (request, reply) => {
      const key = await keyOf(ports, request.body);
      const found = await people.read(key);
      if (found === null) throw notKnown();
      await record(ports, request, {
        action: 'person_exported',
        target: people.reference(key),
        details: { found_by: kindOf(key), ...countsOf(found) },
      });
      reply.header('content-disposition', 'attachment; filename="person.json"');
      reply.header('cache-control', 'no-store');
      return toWirePerson(request.body, found, clock.now());
    }),

    handle(operations.people.erase, async (request) => {
      const key = await keyOf(ports, request.body);
      const answer = await people.erase(key, request.body.reason, authorOf(request));
      switch (answer.kind) {
        case 'erased':
          break;
        case 'not_found':
          throw notKnown();
        case 'on_call':
          throw new Refusal(
            'person_on_call',
            'A session is calling this person right now. Wait until the call is over, then erase them; nothing was changed.',
          );
        case 'in_campaign':
          throw new Refusal(
            'person_on_call',
            'An agent’s campaign at the provider has this number and may call it. Put the number on the suppression list, which takes it out within a minute, then erase the person; nothing was changed.',
          );
        case 'several':
          throw new Refusal(
            'invalid_request',
            `This is the address of ${answer.leadIds.length} leads, who may be several people. Erase each by phone_number or lead_id; nothing was changed.`,
            { errors: [{ field: 'email', message: 'is the address of several leads' }] },
          );
        default:
          return answer satisfies never;
      }
      const erased = toWireErased(answer.counts);
      const isNew = Object.values(erased).some((count) => count > 0);
      return {
        message: isNew
          ? 'The person is erased. Their number will not be dialed again.'
          : 'There was nothing left to erase. Their number will not be dialed.',
        erased,
      };
    }),
  ];
}

async function keyOf(ports: Pick<Ports, 'settings'>, asked: ExportPerson): Promise<PersonKey> {
  if (asked.phone_number !== undefined) {
    return {
      kind: 'phone',
      phone: await readPhone(ports, asked.phone_number, 'phone_number', 'any'),
    };
  }
  return asked.email === undefined
    ? { kind: 'lead', leadId: asked.lead_id ?? '' }
    : { kind: 'email', email: asked.email };
}

const notKnown = (): Refusal =>
  new Refusal(
    'not_found',
    'No person is known by this. Check that the number or address is written as it was given.',
  );
