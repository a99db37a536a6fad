import { Worker } from 'node:worker_threads';
import type { FileReader } from './file-reader.js';
import type { ReadingAnswer, ReadingRequest } from './reading-messages.js';
import { UnreadableFile } from './unreadable-file.js';

/** 48 MB in letters of two bytes, what they are made into, and the numbers of a million rows. */
const MOST_MEGABYTES = 1024;
/** A file of 48 MB takes about 3 s here; whatever takes so much longer is made to. */
const OPEN_WITHIN_MS = 60_000;
/** A piece takes about 5 ms. */
const PIECE_WITHIN_MS = 60_000;

/** Each file in a thread of its own, which ends with it: what one file does to its thread, it does to no other. */
export function createReadingThreads({
  openWithinMs = OPEN_WITHIN_MS,
}: {
  readonly openWithinMs?: number;
} = {}): FileReader {
  return {
    async open(content, wishes, signal) {
      const thread = startThread(signal);
      try {
        const answer = await thread.ask(
          { ask: 'open', content, wishes },
          openWithinMs,
          // What is handed over is not copied.
          content instanceof Uint8Array && isOwn(content) ? [content.buffer] : [],
        );
        if (answer.kind !== 'opened') throw unexpected(answer);
        return {
          looked: answer.looked,
          async *pieces() {
            let coming = thread.ask({ ask: 'piece' }, PIECE_WITHIN_MS);
            for (;;) {
              const next = await coming;
              if (next.kind !== 'piece') throw unexpected(next);
              if (next.piece === null) return;
              // Made while this one is stored.
              coming = thread.ask({ ask: 'piece' }, PIECE_WITHIN_MS);
              coming.catch(() => undefined);
              yield next.piece;
            }
          },
          close: () => thread.close(),
        };
      } catch (error) {
        thread.close();
        throw error;
      }
    },

    mapPieces(mapping) {
      const thread = startThread();
      let ready: Promise<ReadingAnswer> | null = null;
      const ask = async (request: ReadingRequest): Promise<ReadingAnswer> => {
        ready ??= thread.ask({ ask: 'mapping', mapping }, PIECE_WITHIN_MS);
        await ready;
        return thread.ask(request, PIECE_WITHIN_MS);
      };
      return {
        async read(content) {
          const answer = await ask({ ask: 'map', content });
          if (answer.kind !== 'mapped') throw unexpected(answer);
          return answer.rows;
        },
        async steps(piece) {
          const answer = await ask({ ask: 'steps', piece });
          if (answer.kind !== 'steps') throw unexpected(answer);
          return answer.steps;
        },
        close: () => thread.close(),
      };
    },
  };
}

/** Small Buffers share memory with others, which must not be taken away. */
const isOwn = (bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && !(bytes instanceof Buffer) && bytes.byteOffset === 0;

const unexpected = (answer: ReadingAnswer): Error =>
  new Error(
    answer.kind === 'failed' ? answer.error : `The reading thread answered ${answer.kind}.`,
  );

function startThread(signal?: AbortSignal) {
  const worker = newWorker();
  let settle: {
    resolve: (answer: ReadingAnswer) => void;
    reject: (error: unknown) => void;
  } | null = null;
  let ended: unknown = null;
  const end = (error: unknown): void => {
    ended ??= error;
    signal?.removeEventListener('abort', abort);
    settle?.reject(error);
    settle = null;
    void worker.terminate();
  };
  const abort = (): void => end(signal?.reason ?? new Error('Reading was ended.'));
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  worker.on('message', (answer: ReadingAnswer) => {
    settle?.resolve(answer);
    settle = null;
  });
  worker.on('error', (error: Error & { code?: string }) =>
    end(
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new UnreadableFile(
            'The file takes more memory than there is for one. Split it into several files, then import one after the other.',
          )
        : error,
    ),
  );
  worker.on('exit', () => end(new Error('The reading thread ended.')));
  // A server that stops does not wait for a file.
  worker.unref();

  return {
    ask(
      request: ReadingRequest,
      withinMs: number,
      hand: readonly ArrayBuffer[] = [],
    ): Promise<ReadingAnswer> {
      if (ended !== null) return Promise.reject(ended);
      return new Promise<ReadingAnswer>((resolve, reject) => {
        const timer = setTimeout(
          () =>
            end(
              new UnreadableFile(
                `Reading the file took longer than ${Math.round(withinMs / 1000)} s and was ended. Split it into several files, then import one after the other.`,
              ),
            ),
          withinMs,
        );
        const done =
          <T>(then: (value: T) => void) =>
          (value: T): void => {
            clearTimeout(timer);
            then(value);
          };
        settle = {
          resolve: done((answer: ReadingAnswer) =>
            answer.kind === 'unreadable'
              ? reject(new UnreadableFile(answer.reason))
              : resolve(answer),
          ),
          reject: done(reject),
        };
        worker.postMessage(request, [...hand]);
      });
    },
    close: () => end(new Error('Reading was ended.')),
  };
}

/** The compiled file; where TypeScript runs as it is (tests, `npm run dev`), the source, through the loader that runs it. */
function newWorker(): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: MOST_MEGABYTES };
  if (!import.meta.url.endsWith('.ts')) {
    const file = new URL('./reading-thread.js', import.meta.url);
    // Without what this process was started with: a loader of TypeScript, say, takes longer to start than the thread itself.
    return new Worker(file, { execArgv: [], resourceLimits });
  }
  const source = new URL('./reading-thread.ts', import.meta.url).href;
  const loader = new URL('../../../../../scripts/register-source.mjs', import.meta.url).href;
  return new Worker(
    `import(${JSON.stringify(loader)}).then(() => import(${JSON.stringify(source)}))`,
    { eval: true, execArgv: ['--conditions=source'], resourceLimits },
  );
}
