/**
 * An import client in a process of its own: a message says which file to post where. The client posts it, waits until its last row
 * is a lead, and answer how many seconds that took. Making the file and sending it would otherwise hold up the event loop that is
 * measured.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FileToImport {
  readonly address: string;
  readonly path: string;
  /** Of the user who imports. */
  readonly accessToken: string;
}

process.on('message', (file: FileToImport) => {
  void importFile(file).then(
    (seconds) => process.send?.({ seconds }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

async function importFile({ address, path, accessToken }: FileToImport): Promise<number> {
  const form = new FormData();
  form.set('queue_name', 'Imported');
  form.set('default_country', 'US');
  form.set('file', new Blob([await readFile(path)], { type: 'text/csv' }), 'perf.csv');
  const headers = { authorization: `Bearer ${accessToken}` };
  const startedAt = performance.now();
  const answer = await fetch(`${address}/api/imports`, {
    method: 'POST',
    headers,
    body: form,
  });
  if (!answer.ok) throw new Error(`The import did not start: ${await answer.text()}`);
  const started = (await answer.json()) as { import: { id: string } };
  const deadline = Date.now() + 300_000;
  while (Date.now() < deadline) {
    const response = await fetch(`${address}/api/imports/${started.import.id}`, { headers });
    const seen = (await response.json()) as { state: string; created: number; rows_total: number };
    if (seen.state === 'DONE' && seen.created === seen.rows_total) {
      return (performance.now() - startedAt) / 1000;
    }
    if (seen.state === 'DONE' || seen.state === 'FAILED') throw new Error(JSON.stringify(seen));
    await sleep(50);
  }
  throw new Error('The import did not end in time.');
}
