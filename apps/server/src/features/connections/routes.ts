import { operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { INSTALLED } from '../../integrations/installed.js';
import { type Handled, handle } from '../../operations/handle.js';
import { notFound } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { addConnection, changeConnection, removeConnection } from './manage-connections.js';
import { toWireConnection, toWireConnectionDetails, toWireIntegration } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'connections'
  | 'connectionChecks'
  | 'connectionStore'
  | 'defaultConnection'
  | 'webhookAddress'
  | 'storedCredentials'
  | 'changes'
  | 'clock'
  | 'jobs'
>;

export function connectionHandlers(ports: Ports): readonly Handled[] {
  const { connections, defaultConnection } = ports;
  const details = (id: string) => toWireConnectionDetails(find(ports, id), ports);
  return [
    handle(operations.connections.integrations, async () => ({
      integrations: INSTALLED.map(toWireIntegration),
    })),

    handle(operations.connections.list, async () => {
      await connections.follow();
      return {
        connections: connections
          .list()
          .filter(({ row }) => row.removedAt === null)
          .map((each) => toWireConnection(each, defaultConnection)),
      };
    }),

    handle(operations.connections.get, async ({ params }) => {
      await connections.follow();
      return details(params.connection_id);
    }),

    handle(operations.connections.create, async (request, reply) => {
      const id = await addConnection(ports, request.body, authorOf(request));
      const connection = await details(id);
      reply.status(201);
      return { message: `${connection.label} is connected.`, connection };
    }),

    handle(operations.connections.patch, async (request) => {
      const { connection_id: id } = request.params;
      await changeConnection(ports, find(ports, id), request.body, authorOf(request));
      const connection = await details(id);
      return { message: `${connection.label} was saved.`, connection };
    }),

    handle(operations.connections.remove, async (request) => {
      const connection = find(ports, request.params.connection_id);
      await removeConnection(ports, connection, authorOf(request));
      return { message: `${connection.row.label} was removed. Its calls stay in the history.` };
    }),

    handle(operations.connections.test, async ({ params }) => {
      await connections.follow();
      const problem = await ports.connectionChecks.one(find(ports, params.connection_id));
      await connections.follow();
      const connection = await details(params.connection_id);
      return {
        ok: problem === null,
        message: problem ?? `${connection.label} answers, and takes the credentials.`,
        connection,
      };
    }),
  ];
}

function find({ connections }: Pick<Ports, 'connections'>, id: string) {
  const connection = connections.get(id);
  if (connection === null || connection.row.removedAt !== null) throw notFound('connection');
  return connection;
}
