import { ImportJsonBody, ImportOptions } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { doesNotFit } from './check-request.js';
import { tooLarge } from './error-handler.js';
import type { CsvFile } from './http-ports.js';

/** A million rows of the usual width. */
export const IMPORT_LIMIT = 50 * 1024 * 1024;
/** The mapping is the largest of the other fields. */
const FIELD_LIMIT = 256 * 1024;

const ImportForm = ImportOptions.extend({
  file: z
    .instanceof(Uint8Array, { error: 'is missing: send the CSV file under this name' })
    .meta({ type: 'string', format: 'binary', description: 'The CSV file.' }),
  file_name: z.string().max(255).default('leads.csv'),
}).meta({ id: 'ImportForm' });

/** For a route's schema: the same file and options, as JSON or as a form. */
export const CSV_BODY = {
  content: {
    'application/json': { schema: ImportJsonBody },
    'multipart/form-data': { schema: ImportForm },
  },
};

/** Fields whose value is JSON in a form. */
const JSON_FIELDS = new Set(['mapping']);

/** Before validation: makes an object of a form. The file may come before or after the other fields. */
export async function readForm(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  const form: Record<string, unknown> = {};
  const parts = request.parts({
    limits: { fileSize: IMPORT_LIMIT, files: 1, fields: 20, fieldSize: FIELD_LIMIT, parts: 21 },
  });
  for await (const part of parts) {
    if (part.type === 'file') {
      form.file_name = part.filename === '' ? undefined : part.filename;
      form[part.fieldname] = await part.toBuffer();
    } else if (part.valueTruncated) {
      throw tooLarge(FIELD_LIMIT);
    } else if (part.value !== '') {
      const text = String(part.value);
      form[part.fieldname] = JSON_FIELDS.has(part.fieldname)
        ? readJson(part.fieldname, text)
        : text;
    }
  }
  request.body = form;
}

function readJson(field: string, text: string): unknown {
  try {
    return JSON.parse(text, withoutPrototypes) as unknown;
  } catch (cause) {
    throw doesNotFit([{ field, message: 'is not JSON' }], { cause });
  }
}

/** As with JSON bodies: a key by which what all objects have could be changed is refused. */
function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('A field is called __proto__.');
  return value;
}

/** What validation let through, in one shape. */
export function toCsvFile(body: unknown): {
  readonly file: CsvFile;
  readonly options: z.infer<typeof ImportOptions>;
} {
  // Without a content type there is no schema to hold it against.
  if (body === undefined || body === null) {
    throw doesNotFit([{ field: 'body', message: 'is missing: send the CSV file' }]);
  }
  const checked = body as z.infer<typeof ImportJsonBody> | z.infer<typeof ImportForm>;
  if ('csv' in checked) {
    const { csv, file_name: fileName, ...options } = checked;
    return { file: { fileName, content: csv }, options };
  }
  const { file, file_name: fileName, ...options } = checked;
  return { file: { fileName, content: file }, options };
}
