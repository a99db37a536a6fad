import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

// The web app's files beside themselves, compressed as far as it goes: once at build time instead of with each request.
const COMPRESSIBLE = new Set([
  '.css',
  '.js',
  '.json',
  '.map',
  '.svg',
  '.txt',
  '.webmanifest',
  '.xml',
]);
const WAYS = {
  '.br': (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  '.gz': (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

/** Writes `x.js.br` and `x.js.gz` for each file of `folder` that becomes smaller; index.html is made anew for each request. */
export async function precompress(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.has(extname(entry.name)));
  await Promise.all(
    files.flatMap(({ parentPath, name }) =>
      Object.entries(WAYS).map(async ([ending, compress]) => {
        const path = join(parentPath, name);
        const bytes = await readFile(path);
        const compressed = await compress(bytes);
        if (compressed.length < bytes.length) await writeFile(`${path}${ending}`, compressed);
        else await rm(`${path}${ending}`, { force: true });
      }),
    ),
  );
}
