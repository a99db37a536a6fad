import { createTestDatabase, type Template } from '@outdial/testing/services';
import { migrate, type OpenDatabase, openDatabase } from '../src/index.js';

/** A migrated database of one's own; `close` throws what is left open. */
export interface MigratedDatabase {
  readonly opened: OpenDatabase;
  close(): Promise<void>;
}

const template: Template = {
  name: 'migrated',
  async prepare(url) {
    const database = await openDatabase({ url, poolSize: 1 });
    try {
      await migrate(database.db);
    } finally {
      await database.close();
    }
  },
};

/** On the server of this test run. */
export async function onServer(poolSize = 16): Promise<MigratedDatabase> {
  const database = await createTestDatabase(template);
  const opened = await openDatabase({ url: database.url, poolSize });
  return {
    opened,
    async close() {
      await opened.close();
      await database.drop();
    },
  };
}

/** In this process and in memory. */
export async function embedded(): Promise<MigratedDatabase> {
  const opened = await openDatabase({ dataDir: ':memory:' });
  await migrate(opened.db);
  return { opened, close: opened.close };
}
