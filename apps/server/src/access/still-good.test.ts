import type { ValidPrincipals } from '@outdial/postgres';
import { expect, it } from 'vitest';
import { type Principal, permissionsOf } from './principal.js';
import { whoChanged } from './still-good.js';

const person = (id: string, more: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  id,
  name: id,
  role: 'supervisor',
  agentId: null,
  permissions: permissionsOf('supervisor'),
  signInId: `sign-in of ${id}`,
  mustChangePassword: false,
  ...more,
});
const key = (id: string, permissions: Principal['permissions']): Principal =>
  person(id, { kind: 'api_key', role: null, signInId: null, permissions });

type Now = ValidPrincipals['signIns'] extends ReadonlyMap<string, infer T> ? T : never;

async function changed(principals: readonly Principal[], known: Partial<ValidPrincipals>) {
  const read = async () => ({ signIns: new Map(), apiKeys: new Map(), ...known });
  const answer = await whoChanged({ read }, principals);
  return principals.filter((each) => answer.has(each)).map(({ id }) => id);
}

it('who is signed out, demoted, another agent or must choose a password is not who they were', async () => {
  const as: Now = { role: 'supervisor', agentId: null, mustChangePassword: false };
  const names = ['same', 'gone', 'demoted', 'moved', 'reset'];
  const signIns: ValidPrincipals['signIns'] = new Map<string, Now>([
    ['sign-in of same', as],
    ['sign-in of demoted', { ...as, role: 'agent' }],
    ['sign-in of moved', { ...as, agentId: 'ada' }],
    ['sign-in of reset', { ...as, mustChangePassword: true }],
  ]);
  expect(
    await changed(
      names.map((name) => person(name)),
      { signIns },
    ),
  ).toEqual(names.slice(1));
});

it('a key ends when it is revoked, and when its maker may do less than it', async () => {
  const [both, one] = [
    new Set(['calls.any', 'audit.read'] as const),
    new Set(['calls.any'] as const),
  ];
  const permissions = ['calls.any', 'audit.read'];
  const apiKeys: ValidPrincipals['apiKeys'] = new Map([
    ['same', { makerRole: 'admin', permissions }],
    ['less already', { makerRole: 'supervisor', permissions }],
    ['less now', { makerRole: 'supervisor', permissions }],
  ]);
  const keys = [
    key('same', both),
    key('less already', one),
    key('less now', both),
    key('gone', both),
  ];
  expect(await changed(keys, { apiKeys })).toEqual(['less now', 'gone']);
});

it('no statement is made when there is no subscriber', async () => {
  const read = async () => Promise.reject(new Error('This must not be read.'));
  expect(await whoChanged({ read }, [])).toEqual(new Set());
});
