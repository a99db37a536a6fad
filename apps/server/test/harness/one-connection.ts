import { oneCarrier, type Telephony } from '@outdial/core';
import { manifest as simulator } from '@outdial/simulator';
import type { ConnectionChecks } from '../../src/connections/check-connections.js';
import {
  type ConnectionWishes,
  chooseConnection,
} from '../../src/connections/choose-connection.js';
import type { Connections, KnownConnection } from '../../src/connections/connections.js';

/** The connections of a server that has one: every call goes through `telephony`, whose name is its id. */
export function oneConnection(
  telephony: Telephony,
  missing: () => string | null = () => null,
): {
  readonly connections: Connections;
  readonly connectionChecks: ConnectionChecks;
  readonly chooseConnection: (wishes: ConnectionWishes) => KnownConnection;
} {
  const only: KnownConnection = {
    row: {
      id: telephony.name,
      integration: telephony.name,
      label: telephony.name,
      settings: {},
      enabled: true,
      version: 1,
      createdAt: new Date(0),
      updatedAt: new Date(0),
      removedAt: null,
      checked: null,
    },
    manifest: {
      ...simulator,
      id: telephony.name,
      label: telephony.name,
      get capabilities() {
        return telephony.capabilities;
      },
    },
    environment: null,
    credentials: {
      value: async () => null,
      known: () => null,
      list: async () => [],
      isEditable: () => true,
      seal: () => {
        throw new Error('It has no credentials.');
      },
    },
    settings: {},
    carrier: {
      telephony,
      missing: async () => missing(),
      ping: async () => undefined,
      start: () => undefined,
      close: async () => undefined,
    },
    openProblem: null,
  };
  const connections: Connections = {
    ...oneCarrier(telephony),
    list: () => [only],
    get: (id) => (id === telephony.name ? only : null),
    usable: () => [only],
    follow: async () => undefined,
    start: () => undefined,
    close: async () => undefined,
  };
  return {
    connections,
    connectionChecks: { all: async () => [], one: async () => null },
    chooseConnection: (wishes) => chooseConnection(connections, wishes, null),
  };
}
