import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';

/** The lead's fields that a CSV column can fill. `first_name` and `last_name` are joined to the name. */
export const IMPORT_FIELDS = [
  'name',
  'first_name',
  'last_name',
  'job_title',
  'phone_number',
  'company',
  'email',
  'headcount',
  'industry',
  'time_zone',
  'score',
] as const;
export const ImportField = z.enum(IMPORT_FIELDS);
export type ImportField = z.infer<typeof ImportField>;

/** Column heading of the file -> field of the lead; columns left out are not read. */
export const ColumnMapping = z.record(z.string(), ImportField);
export type ColumnMapping = z.infer<typeof ColumnMapping>;

export const ImportOptions = z
  .object({
    mapping: ColumnMapping.optional().describe('Left out: guessed from the headings.'),
    default_country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'is not a two-letter country code')
      .optional()
      .describe('ISO 3166 code for numbers in national form; left out: the setting.'),
    duplicates: z
      .enum(['skip', 'update'])
      .default('skip')
      .describe('What happens to a number that is already a lead.'),
    queue_id: Id.optional().describe('Put the leads into this queue.'),
    queue_name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('Or into this queue, created when missing.'),
  })
  .meta({ id: 'ImportOptions' });
export type ImportOptions = z.infer<typeof ImportOptions>;

/** `application/json`: `{csv, ...options}`. `multipart/form-data`: `file`, and each option as a field (mapping as JSON). */
export const ImportJsonBody = ImportOptions.extend({
  csv: z.string().min(1, 'is empty').describe('The file as text.'),
  file_name: z.string().max(255).default('leads.csv'),
}).meta({ id: 'ImportRequest' });

export const Import = z
  .object({
    id: Id,
    file_name: z.string(),
    state: z.enum(['PENDING', 'RUNNING', 'DONE', 'FAILED']),
    queue_id: Id.nullable(),
    mapping: ColumnMapping,
    rows_total: z.number().int(),
    rows_done: z.number().int(),
    created: z.number().int(),
    updated: z.number().int(),
    skipped: z.number().int(),
    failed: z.number().int(),
    error: z.string().nullable(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Import' });
export type Import = z.infer<typeof Import>;

export const ImportRowError = z
  .object({
    line: z.number().int().describe('Line of the file, the heading is 1.'),
    field: z.string().nullable(),
    reason: z.string(),
  })
  .meta({ id: 'ImportRowError' });

export const ImportDetail = Import.extend({
  errors: z.array(ImportRowError),
  errors_total: z.number().int(),
  next_cursor: z.string().nullable().describe('For more errors.'),
}).meta({ id: 'ImportDetail' });
export type ImportDetail = z.infer<typeof ImportDetail>;

export const ImportStarted = z
  .object({ message: z.string(), import: Import })
  .meta({ id: 'ImportStarted' });
export type ImportStarted = z.infer<typeof ImportStarted>;
export const ImportList = pageOf('imports', Import).meta({ id: 'ImportList' });
export type ImportList = z.infer<typeof ImportList>;
export const ImportDetailQuery = PageQuery;

/** `POST /api/leads/import/preview`: what the file looks like before it is imported. Stores nothing. */
export const ImportPreview = z
  .object({
    columns: z.array(z.string()),
    mapping: ColumnMapping.describe('Guessed from the headings.'),
    delimiter: z.string(),
    sample: z.array(z.array(z.string())).describe('The first rows, as they are.'),
    rows: z.number().int(),
  })
  .meta({ id: 'ImportPreview' });
export type ImportPreview = z.infer<typeof ImportPreview>;
