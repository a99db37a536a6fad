import type {
  ImportForm,
  ImportJsonBody,
  ImportSuppressionsForm,
  ImportSuppressionsJsonBody,
} from '@outdial/protocol';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { doesNotFit } from '../../platform/does-not-fit.js';
import type { CsvFile } from './csv-file.js';

/** Aborted when the client leaves before it has its answer. */
export function whileConnected(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new ClientGone());
  });
  if (reply.raw.destroyed) gone.abort(new ClientGone());
  return gone.signal;
}

class ClientGone extends Error {
  constructor() {
    super('The client left before the file was read.');
    this.name = 'ClientGone';
  }
}

/** What validation let through, in one shape. */
export function toCsvFile(body: unknown) {
  return fileAndOptions(body as z.infer<typeof ImportJsonBody> | z.infer<typeof ImportForm>);
}

export function toSuppressionsFile(body: unknown) {
  return fileAndOptions(
    body as z.infer<typeof ImportSuppressionsJsonBody> | z.infer<typeof ImportSuppressionsForm>,
  );
}

type WithFile =
  | { readonly csv: string; readonly file_name: string }
  | { readonly file: Uint8Array; readonly file_name: string };

function fileAndOptions<T extends WithFile>(
  body: T | null | undefined,
): { readonly file: CsvFile; readonly options: Omit<T, 'csv' | 'file' | 'file_name'> } {
  // Without a content type there is no schema to hold it against.
  if (body === undefined || body === null) {
    throw doesNotFit([{ field: 'body', message: 'is missing: send the CSV file' }]);
  }
  const { file_name: fileName, ...rest } = body;
  if ('csv' in rest) {
    const { csv, ...options } = rest as { csv: string };
    return { file: { fileName, content: csv }, options: options as never };
  }
  const { file, ...options } = rest as unknown as { file: Uint8Array };
  return { file: { fileName, content: file }, options: options as never };
}
