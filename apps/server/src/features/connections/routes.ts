import { CREDENTIALS, type CredentialName, operations } from '@outdial/protocol';
import { type Handled, handle } from '../../operations/handle.js';
import { record } from '../../operations/record.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireCredential } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  'credentials' | 'missingCredentials' | 'webhookUrl' | 'audit' | 'telephony'
>;

export function credentialHandlers(ports: Ports): readonly Handled[] {
  const { credentials, telephony } = ports;
  return [
    handle(operations.credentials.list, async () => ({
      credentials: (await credentials.list()).map((each) => toWireCredential(each, telephony.name)),
      problem: await ports.missingCredentials(),
      webhook_url: ports.webhookUrl,
    })),

    handle(operations.credentials.set, async (request) => {
      const { name } = request.params;
      const { principal } = request;
      const userId = principal?.kind === 'user' ? principal.id : null;
      if (!(await credentials.set(name, request.body.value, userId))) throw fromEnvironment(name);
      await record(ports, request, {
        action: 'credentials_set',
        target: { kind: 'credential', id: name },
      });
      const state = (await credentials.list()).find((each) => each.name === name);
      if (state === undefined) throw new Error('A credential is not listed.');
      // The simulator needs none, and one of two is not enough: then no page says that calls use it.
      const isUsed = telephony.name === 'aircall' && (await ports.missingCredentials()) === null;
      return {
        message: `${CREDENTIALS[name].label} is stored.${isUsed ? ' It is used within seconds.' : ''}`,
        credential: toWireCredential(state, telephony.name),
      };
    }),

    handle(operations.credentials.remove, async (request) => {
      const { name } = request.params;
      const removed = await credentials.remove(name);
      if (removed === 'from_environment') throw fromEnvironment(name);
      if (removed === 'not_set') {
        throw new Refusal('not_found', `${CREDENTIALS[name].label} is not set.`);
      }
      await record(ports, request, {
        action: 'credentials_removed',
        target: { kind: 'credential', id: name },
      });
      return { message: `${CREDENTIALS[name].label} is removed.` };
    }),
  ];
}

const fromEnvironment = (name: CredentialName): Refusal =>
  new Refusal(
    'set_in_environment',
    `The environment of the server decides about the ${CREDENTIALS[name].label} (${CREDENTIALS[name].environment}), and it wins. Change it there and restart, or take it out there to enter it here.`,
  );
