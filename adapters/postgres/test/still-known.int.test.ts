import { expect, it } from 'vitest';
import {
  createApiKeyStore,
  createLoginSessionStore,
  createUserStore,
  readValidPrincipals,
} from '../src/index.js';
import { embedded } from './migrated-database.js';

it('of many who are connected, those count who are signed in still, with the rights that they have now', async () => {
  const { opened, close } = await embedded();
  try {
    const { db } = opened;
    const [users, signIns, keys] = [
      createUserStore(db),
      createLoginSessionStore(db),
      createApiKeyStore(db),
    ];
    const now = new Date('2026-11-20T15:00:00.000Z');
    const later = new Date('2026-11-20T16:00:00.000Z');
    const id = (n: number) => `0191f000-0000-7000-8000-${String(n).padStart(12, '0')}`;
    for (let n = 1; n <= 4; n += 1) {
      await users.create(
        {
          id: id(n),
          email: `user${n}@example.com`,
          name: `User ${n}`,
          role: 'supervisor',
          agentId: null,
          newAgentId: id(100 + n),
          passwordHash: 'hash',
          mustChangePassword: false,
        },
        now,
      );
      await signIns.start(
        {
          id: id(10 + n),
          userId: id(n),
          address: '203.0.113.7',
          userAgent: null,
          token: { hash: Buffer.from(`token ${n}`), expiresAt: later },
        },
        { passwordHash: 'hash', now },
      );
      await keys.create(
        {
          id: id(20 + n),
          name: `Key ${n}`,
          prefix: 'od_',
          hash: Buffer.from(`key ${n}`),
          permissions: ['calls.any'],
          createdBy: id(n),
          expiresAt: n === 4 ? later : null,
        },
        now,
      );
    }
    // The first is signed out and loses the key, the second is disabled, the third an agent from now on.
    await signIns.end(id(11), id(1), 'signed_out', now);
    await keys.revoke(id(21), now);
    await db.updateTable('users').set({ disabled_at: now }).where('id', '=', id(2)).execute();
    await db.updateTable('users').set({ role: 'agent' }).where('id', '=', id(3)).execute();

    const asked = {
      signInIds: [11, 12, 13, 14, 99].map(id),
      apiKeyIds: [21, 22, 23, 24, 99].map(id),
    };
    const known = await readValidPrincipals(db, asked, now);
    expect([...known.signIns]).toEqual([
      [id(13), { role: 'agent', agentId: null, mustChangePassword: false }],
      [id(14), { role: 'supervisor', agentId: null, mustChangePassword: false }],
    ]);
    expect([...known.apiKeys]).toEqual([
      [id(23), { makerRole: 'agent', permissions: ['calls.any'] }],
      [id(24), { makerRole: 'supervisor', permissions: ['calls.any'] }],
    ]);
    expect([...(await readValidPrincipals(db, asked, later)).apiKeys.keys()]).toEqual([id(23)]);
  } finally {
    await close();
  }
});
