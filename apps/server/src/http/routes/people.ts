import type { PersonKey } from '@outdial/postgres';
import { ErasePerson, ExportPerson, PersonErased, PersonExport } from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import { readPhone } from '../read-phone.js';
import { record } from '../record.js';
import { countsOf, kindOf, toWireErased, toWirePerson } from '../translate/person.js';

type Ports = Pick<HttpPorts, 'people' | 'settings' | 'audit' | 'clock'>;

export function peopleRoutes(app: App, ports: Ports): void {
  const { people, clock } = ports;

  app.post(
    '/api/people/export',
    {
      schema: operation(
        {
          id: 'exportPerson',
          tag: 'security',
          summary: 'Everything that is known of one person',
          description:
            'By phone number, e-mail address or lead (GDPR, Art. 15 and 20). With an address that several leads have, it is about all of them.',
          errors: ['invalid_phone_number', 'not_found', 'not_recorded'],
        },
        { body: ExportPerson, response: { 200: PersonExport } },
      ),
    },
    async (request, reply) => {
      const key = await keyOf(ports, request.body);
      const found = await people.read(key);
      if (found === null) throw nobody();
      await record(ports, request, {
        action: 'person_exported',
        target: people.reference(key),
        details: { found_by: kindOf(key), ...countsOf(found) },
      });
      reply.header('content-disposition', 'attachment; filename="person.json"');
      reply.header('cache-control', 'no-store');
      return toWirePerson(request.body, found, clock.now());
    },
  );

  app.post(
    '/api/people/erase',
    {
      schema: operation(
        {
          id: 'erasePerson',
          tag: 'security',
          summary: 'Everything personal of one person goes, for ever',
          description:
            'Calls, queues and statistics keep their counts. The number stays on the suppression list, as the proof that it must not be dialed (GDPR, Art. 17(3) and 21(3)). Asked twice it changes nothing.',
          errors: ['invalid_phone_number', 'not_found', 'person_on_call', 'not_recorded'],
        },
        { body: ErasePerson, response: { 200: PersonErased } },
      ),
    },
    async (request) => {
      const key = await keyOf(ports, request.body);
      const answer = await people.erase(key, request.body.reason);
      switch (answer.kind) {
        case 'erased':
          break;
        case 'not_found':
          throw nobody();
        case 'on_call':
          throw new ProblemError(
            'person_on_call',
            'A session is calling this person right now. Wait until the call is over, then erase them; nothing was changed.',
          );
        case 'in_campaign':
          throw new ProblemError(
            'person_on_call',
            'An agent’s campaign at the provider has this number and may call it. Put the number on the suppression list, which takes it out within a minute, then erase the person; nothing was changed.',
          );
        case 'several':
          throw new ProblemError(
            'invalid_request',
            `This is the address of ${answer.leadIds.length} leads, who may be several people. Erase each by phone_number or lead_id; nothing was changed.`,
            { errors: [{ field: 'email', message: 'is the address of several leads' }] },
          );
        default:
          return answer satisfies never;
      }
      const erased = toWireErased(answer.counts);
      await record(ports, request, {
        action: 'person_erased',
        target: people.reference(key),
        details: { found_by: kindOf(key), reason: request.body.reason, ...erased },
      });
      const isNew = Object.values(erased).some((count) => count > 0);
      return {
        message: isNew
          ? 'The person is erased. Their number will not be dialed again.'
          : 'There was nothing left to erase. Their number will not be dialed.',
        erased,
      };
    },
  );
}

async function keyOf(ports: Pick<Ports, 'settings'>, asked: ExportPerson): Promise<PersonKey> {
  if (asked.phone_number !== undefined) {
    return { kind: 'phone', phone: await readPhone(ports, asked.phone_number) };
  }
  return asked.email === undefined
    ? { kind: 'lead', leadId: asked.lead_id ?? '' }
    : { kind: 'email', email: asked.email };
}

const nobody = (): ProblemError =>
  new ProblemError(
    'not_found',
    'Nobody is known by this. Look whether the number or address is written as it was given.',
  );
