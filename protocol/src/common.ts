import { z } from 'zod';

/** UUIDv7, made by the server; callers may write it in any case. */
export const Id = z.uuid().toLowerCase();

/** ISO 8601 in UTC, as the server writes it. */
export const Timestamp = z.iso.datetime().meta({ example: '2026-11-20T15:30:00.000Z' });

/** ISO 8601 with any offset, as callers may send it. */
export const TimestampInput = z.iso.datetime({ offset: true });

/** A calendar day in UTC. */
export const Day = z.iso.date();

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('How many rows, 1 to 200.'),
  cursor: z.string().max(1000).optional().describe('`next_cursor` of the page before.'),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** What every list carries beside its rows. */
export const pageOf = <K extends string, T extends z.ZodType>(key: K, row: T) =>
  z.object({
    [key]: z.array(row),
    total: z.number().int().describe('All rows that match, not only this page.'),
    total_is_estimate: z
      .boolean()
      .optional()
      .describe('True where more than 10,000 match and `total` is about how many.'),
    next_cursor: z.string().nullable().describe('Ask again with it; null on the last page.'),
  } as { [P in K]: z.ZodArray<T> } & {
    total: z.ZodNumber;
    total_is_estimate: z.ZodOptional<z.ZodBoolean>;
    next_cursor: z.ZodNullable<z.ZodString>;
  });

/** A query value that may be given once or several times. */
export const oneOrMany = <T extends z.ZodType>(value: T) =>
  z.preprocess((v) => (Array.isArray(v) ? v : [v]), z.array(value)).optional();
