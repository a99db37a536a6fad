import { startNode } from './node.js';

// A node in a process of its own: it says which job it has begun, and never ends one.
const [redisUrl = '', prefix = ''] = process.argv.slice(2);
startNode({ redisUrl, prefix, lockMs: 1_000 }, async ({ job, id }) => {
  console.log(`${job} ${id}`);
  await new Promise(() => undefined);
});
