import type { FastifyRequest } from 'fastify';
import { filesBusy } from '../features/imports/files-busy.js';
import { createTurns, type Turns } from '../features/imports/reading-turns.js';
import type { App } from '../platform/app.js';
import { doesNotFit } from '../platform/does-not-fit.js';
import { tooLarge } from './error-handler.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may be a file of 50 MB. */
    takesFile?: boolean;
  }
}

/** A million rows of the usual width. */
export const IMPORT_LIMIT_BYTES = 50 * 1024 * 1024;
/** A body of JSON is parsed by the thread that everything else waits for: about 10 ms a megabyte. */
export const JSON_LIMIT_BYTES = 4 * 1024 * 1024;
/** The mapping is the largest of the other fields. */
const FIELD_LIMIT_BYTES = 256 * 1024;
/** Files that are taken in at once, as each may hold 50 MB of memory; the others wait, unread, at the other end of the line. */
const UPLOADS = { atOnce: 4, waiting: 20, withinMs: 30_000 };
/** A line that carries less than one packet in this time is dead; and a file that takes longer than this keeps others out. */
const IDLE_MS = 30_000;
const UPLOADED_WITHIN_MS = 10 * 60_000;
const RETRY_AFTER_SECONDS = 15;

/** Fields whose value is JSON in a form. */
const JSON_FIELDS = new Set(['mapping', 'phone_columns']);

/**
 * Before the body is read: a few files are taken in at a time, the others are asked to come back. The turn ends with the answer or with
 * the connection, whichever comes first.
 */
export function limitUploads(app: App, turns: Turns = createTurns(UPLOADS)): void {
  app.addHook('preParsing', async (request, reply) => {
    if (request.routeOptions.config.takesFile !== true) return;
    const giveBack = await turns.take();
    if (giveBack === null) {
      // The body is not read: the connection ends with the answer.
      void reply.header('connection', 'close');
      throw filesBusy(RETRY_AFTER_SECONDS);
    }
    const tooSlow = setTimeout(() => request.raw.destroy(), UPLOADED_WITHIN_MS).unref();
    const over = (): void => {
      clearTimeout(tooSlow);
      giveBack();
    };
    reply.raw.once('close', over);
    reply.raw.once('finish', over);
  });
}

/** Before validation: makes an object of a form. The file may come before or after the other fields. */
export async function readForm(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  const form: Record<string, unknown> = {};
  const parts = request.parts({
    limits: {
      fileSize: IMPORT_LIMIT_BYTES,
      files: 1,
      fields: 20,
      fieldSize: FIELD_LIMIT_BYTES,
      parts: 21,
    },
  });
  const given = new Set<string>();
  const idle = setTimeout(() => request.raw.destroy(), IDLE_MS).unref();
  try {
    for await (const part of parts) {
      if (given.has(part.fieldname)) {
        throw doesNotFit([{ field: part.fieldname, message: 'is given more than once' }]);
      }
      given.add(part.fieldname);
      if (part.type === 'file') {
        form.file_name = part.filename === '' ? undefined : part.filename;
        form[part.fieldname] = await bytesOf(
          part.file,
          Number(request.headers['content-length']),
          idle,
        );
        if (part.file.truncated) throw tooLarge(IMPORT_LIMIT_BYTES);
      } else if (part.valueTruncated) {
        throw tooLarge(FIELD_LIMIT_BYTES);
      } else if (part.value !== '') {
        const text = String(part.value);
        form[part.fieldname] = JSON_FIELDS.has(part.fieldname)
          ? readJson(part.fieldname, text)
          : text;
      }
    }
  } finally {
    clearTimeout(idle);
  }
  request.body = form;
}

/**
 * Into one piece of memory of its own, which can be handed to another thread without a copy. `expected`: the length of the whole
 * body, so that the file is never held twice; a client that does not say it pays with a copy.
 */
async function bytesOf(
  file: AsyncIterable<Buffer>,
  expected: number,
  idle: NodeJS.Timeout,
): Promise<Uint8Array> {
  let bytes = new Uint8Array(
    Number.isInteger(expected) && expected > 0 ? Math.min(expected, IMPORT_LIMIT_BYTES) : 64 * 1024,
  );
  let length = 0;
  for await (const chunk of file) {
    idle.refresh();
    if (length + chunk.length > bytes.length) {
      const larger = new Uint8Array(Math.max(2 * bytes.length, length + chunk.length));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return bytes.subarray(0, length);
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
