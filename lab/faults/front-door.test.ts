import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openFrontDoor } from './front-door.js';

const SAYS = JSON.stringify({ call: { id: 'a', disposition: 'Interested' } });

it.each([
  ['plain', undefined, (text: string) => Buffer.from(text)],
  ['Brotli', 'br', brotliCompressSync],
  ['gzip', 'gzip', gzipSync],
] as const)(
  'a write answered in %s reaches the asker, and is kept for what it says',
  async (_name, encoding, packed) => {
    const node = createServer((_request, response) => {
      response.writeHead(200, encoding && { 'content-encoding': encoding }).end(packed(SAYS));
    });
    await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
    const door = await openFrontDoor([(node.address() as AddressInfo).port]);
    try {
      const answer = await fetch(`${door.url}/api/calls/a/disposition`, { method: 'POST' });
      expect(await answer.text()).toBe(SAYS);
      expect(door.acknowledged.map((write) => write.answer.toString('utf8'))).toEqual([SAYS]);
    } finally {
      await door.close();
      node.close();
    }
  },
);
