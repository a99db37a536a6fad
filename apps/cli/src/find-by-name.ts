import type { Client } from '@outdial/client';
import type { Agent, Queue } from '@outdial/protocol';
import { NotFoundError, UsageError } from './exit-codes.js';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PAGE_ROWS = 200;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The one that has this id, or this name in any case. Fails where none has it, or several do. */
export const findAgent = (client: Client, text: string): Promise<Agent> =>
  findOne('agent', text, async (cursor) => {
    const page = await client.agents.list({ limit: PAGE_ROWS, cursor });
    return { rows: page.agents, next: page.next_cursor };
  });

export async function findQueue(client: Client, text: string): Promise<Queue> {
  if (ID.test(text)) return client.queues.get(text);
  return findOne('queue', text, async (cursor) => {
    const page = await client.queues.list({ q: text, limit: PAGE_ROWS, cursor });
    return { rows: page.queues, next: page.next_cursor };
  });
}

async function findOne<T extends Named>(
  kind: string,
  text: string,
  read: (cursor: string | undefined) => Promise<{ rows: readonly T[]; next: string | null }>,
): Promise<T> {
  const wanted = text.trim().toLowerCase();
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { rows, next } = await read(cursor);
    found.push(
      ...rows.filter((row) => row.id === wanted || row.name.trim().toLowerCase() === wanted),
    );
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  const [only, another] = found;
  if (only === undefined) throw new NotFoundError(`There is no ${kind} "${text}".`);
  if (another !== undefined) {
    throw new UsageError(
      `Several ${kind}s are called "${text}". Give the id: ${found.map(({ id }) => id).join(', ')}`,
    );
  }
  return only;
}
