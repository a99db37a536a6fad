import {
  CREDENTIALS,
  CredentialList,
  CredentialName,
  CredentialResult,
  Message,
  SetCredential,
} from '@outdial/protocol';
import { z } from 'zod';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { ProblemError } from '../problems.js';
import { record } from '../record.js';
import { toWireCredential } from '../translate/credential.js';

type Ports = Pick<
  HttpPorts,
  'credentials' | 'missingCredentials' | 'webhookUrl' | 'audit' | 'telephony'
>;

const ByName = z.object({ name: CredentialName });

export function credentialRoutes(app: App, ports: Ports): void {
  const { credentials, telephony } = ports;

  app.get(
    '/api/credentials',
    {
      schema: operation(
        {
          id: 'listCredentials',
          tag: 'security',
          summary: 'Which credentials are set, where and by whom; never what they are',
        },
        { response: { 200: CredentialList } },
      ),
    },
    async () => ({
      credentials: (await credentials.list()).map((each) => toWireCredential(each, telephony.name)),
      problem: await ports.missingCredentials(),
      webhook_url: ports.webhookUrl,
    }),
  );

  app.put(
    '/api/credentials/:name',
    {
      schema: operation(
        {
          id: 'setCredential',
          tag: 'security',
          summary: 'Stores a credential, sealed',
          description: 'All nodes use it within seconds; none is restarted.',
          errors: ['set_in_environment', 'not_recorded'],
        },
        { params: ByName, body: SetCredential, response: { 200: CredentialResult } },
      ),
    },
    async (request) => {
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
      // The simulator needs none, and one of two is not enough: then nobody is told that calls go by it.
      const isUsed = telephony.name === 'aircall' && (await ports.missingCredentials()) === null;
      return {
        message: `${CREDENTIALS[name].label} is stored.${isUsed ? ' It is used within seconds.' : ''}`,
        credential: toWireCredential(state, telephony.name),
      };
    },
  );

  app.delete(
    '/api/credentials/:name',
    {
      schema: operation(
        {
          id: 'removeCredential',
          tag: 'security',
          summary: 'Removes a stored credential',
          errors: ['not_found', 'set_in_environment', 'not_recorded'],
        },
        { params: ByName, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { name } = request.params;
      const removed = await credentials.remove(name);
      if (removed === 'from_environment') throw fromEnvironment(name);
      if (removed === 'not_set') {
        throw new ProblemError('not_found', `${CREDENTIALS[name].label} is not set.`);
      }
      await record(ports, request, {
        action: 'credentials_removed',
        target: { kind: 'credential', id: name },
      });
      return { message: `${CREDENTIALS[name].label} is removed.` };
    },
  );
}

const fromEnvironment = (name: CredentialName): ProblemError =>
  new ProblemError(
    'set_in_environment',
    `The environment of the server decides about the ${CREDENTIALS[name].label} (${CREDENTIALS[name].environment}), and it wins. Change it there and restart, or take it out there to enter it here.`,
  );
