import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** The body of every error response, `application/problem+json` (RFC 9457). */
export const Problem = z
  .object({
    type: z.string().describe('A link to the code in docs/errors.md.'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('For people: what happened and what to do.'),
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]).describe('For programs.'),
    instance: z.string().optional().describe('The request id, as in the log.'),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          suggestion: z
            .string()
            .optional()
            .describe('A value that would be accepted, if one is known.'),
        }),
      )
      .optional()
      .describe('The invalid fields.'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
