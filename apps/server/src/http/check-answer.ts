import { isDeepStrictEqual } from 'node:util';
import type { FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';

/** In service: what the translations made is sent as it is. */
export const plainAnswer: FastifySerializerCompiler<z.ZodType> = () => (data) =>
  JSON.stringify(data);

/**
 * In tests: an answer must be exactly what its schema describes, nothing missing and nothing more, so that the API
 * document tells the truth. Costs about as much as reading the rows, hence not in service.
 */
export const checkedAnswer: FastifySerializerCompiler<z.ZodType> =
  ({ schema, method, url }) =>
  (data) => {
    const text = JSON.stringify(data);
    const sent = text === undefined ? undefined : (JSON.parse(text) as unknown);
    const result = schema.safeParse(sent);
    if (!result.success) {
      throw new Error(
        `${method} ${url} does not answer as documented: ${z.prettifyError(result.error)}`,
      );
    }
    if (!isDeepStrictEqual(result.data, sent)) {
      throw new Error(`${method} ${url} answers more than is documented: ${text}`);
    }
    return text;
  };
