import { expect, it } from 'vitest';
import {
  createLeadStore,
  createQueueItemStore,
  createSuppressionStore,
  FURTHER_PHONES_AT_MOST,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, NOW, phone, salesFloor } from './sales-floor.js';

const numbers = (...all: number[]) => all.map((n) => ({ phone: phone(n), label: null }));

onEachDatabase('further numbers of a lead', (db) => {
  const leads = () => createLeadStore(db());
  const ada = { id: id(1), name: 'Ada Lovelace', phone: phone(1) };
  const phonesOf = async (leadId: string) =>
    ((await leads().phonesOf([leadId])).get(leadId) ?? []).map((each) => each.phone);

  it('are kept in order with their labels, without the number that is dialed', async () => {
    const furtherPhones = [
      { phone: phone(3), label: 'Mobile' },
      { phone: phone(1), label: 'Work' },
      { phone: phone(2), label: null },
      { phone: phone(3), label: 'Again' },
    ];
    await leads().create({ ...ada, furtherPhones }, NOW);
    expect((await leads().phonesOf([ada.id])).get(ada.id)).toEqual([
      { phone: phone(3), label: 'Mobile' },
      { phone: phone(2), label: null },
    ]);
  });

  it('of a lead whose number is taken by another are not stored', async () => {
    await leads().create(ada, NOW);
    const answer = await leads().create({ ...ada, id: id(2), furtherPhones: numbers(5) }, NOW);
    expect(answer).toEqual({ kind: 'duplicate', leadId: ada.id });
    expect(await leads().phonesOf([ada.id, id(2)])).toEqual(new Map());
  });

  it('are replaced by a patch, and one that becomes the dialed number is no further one any more', async () => {
    await leads().create({ ...ada, furtherPhones: numbers(2, 3) }, NOW);
    await leads().patch(ada.id, { furtherPhones: numbers(4, 2) }, NOW);
    expect(await phonesOf(ada.id)).toEqual([phone(4), phone(2)]);
    await leads().patch(ada.id, { phone: phone(2) }, NOW);
    expect(await phonesOf(ada.id)).toEqual([phone(4)]);
    await leads().patch(ada.id, { furtherPhones: [] }, NOW);
    expect(await phonesOf(ada.id)).toEqual([]);
  });

  it('are added by an import behind those that are there, and go with the lead', async () => {
    await leads().create({ ...ada, furtherPhones: numbers(2) }, NOW);
    const many = numbers(...Array.from({ length: 30 }, (_, n) => 10 + n));
    const rows = [
      { name: 'Ada', phone: phone(1), furtherPhones: numbers(3, 2) },
      { name: 'Ben', phone: phone(7), furtherPhones: many },
    ];
    const options = { duplicates: 'update', now: NOW, ids: countingIds() } as const;
    const [, ben] = await leads().upsertBatch(rows, options);
    expect(await phonesOf(ada.id)).toEqual([phone(2), phone(3)]);
    expect(await phonesOf(ben?.leadId ?? '')).toHaveLength(FURTHER_PHONES_AT_MOST);
    await leads().upsertBatch([{ name: 'Ada', phone: phone(1), furtherPhones: numbers(9) }], {
      ...options,
      duplicates: 'skip',
    });
    expect(await phonesOf(ada.id)).toEqual([phone(2), phone(3)]);
    await leads().delete(ada.id);
    expect(await phonesOf(ada.id)).toEqual([]);
  });

  it('that are suppressed hold the lead in every queue until they are taken off the list or off the lead', async () => {
    const f = salesFloor(db());
    const items = createQueueItemStore(db());
    const suppressions = createSuppressionStore(db());
    const leadId = await f.lead('Ada', 1);
    const [spring, autumn] = [await f.queue('Spring'), await f.queue('Autumn')];
    const inSpring = await f.item(spring, leadId);
    const states = async () => [
      (await items.get(inSpring))?.state,
      (await items.list({ queueId: autumn }, { limit: 5 })).rows[0]?.state,
    ];
    await suppressions.add([{ phone: phone(2), reason: 'Asked', source: 'person' }], NOW);
    await leads().patch(leadId, { furtherPhones: numbers(2, 3) }, NOW);
    const added = await items.addLeads(autumn, [leadId], { now: NOW, ids: countingIds() });
    expect(added).toMatchObject({ leads: [{ kind: 'suppressed' }] });
    expect(await states()).toEqual(['SUPPRESSED', 'SUPPRESSED']);

    await leads().patch(leadId, { furtherPhones: numbers(3) }, NOW);
    expect(await states()).toEqual(['PENDING', 'PENDING']);
    await suppressions.add([{ phone: phone(3), reason: 'Asked', source: 'person' }], NOW);
    expect(await states()).toEqual(['SUPPRESSED', 'SUPPRESSED']);
    expect(await suppressions.remove([phone(3), phone(2)])).toEqual({
      removed: expect.arrayContaining([phone(2), phone(3)]),
      queueIds: expect.arrayContaining([spring, autumn]),
    });
    expect(await states()).toEqual(['PENDING', 'PENDING']);
  });
});
