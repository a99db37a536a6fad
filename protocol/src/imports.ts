import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';
import { formWithFile } from './form-with-file.js';

/**
 * The meanings of a CSV column. `first_name` and `last_name` are joined to the name; `country` is that of the row's numbers; a row whose
 * `do_not_call` says yes puts its numbers on the suppression list instead of making a lead.
 */
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
  'country',
  'do_not_call',
] as const;
export const ImportField = z.enum(IMPORT_FIELDS);
export type ImportField = z.infer<typeof ImportField>;

/** Column heading of the file -> field of the lead; columns left out are not read. */
export const ColumnMapping = z.record(z.string(), ImportField);
export type ColumnMapping = z.infer<typeof ColumnMapping>;

/** Supported file encodings, by the names of the WHATWG standard (https://encoding.spec.whatwg.org); `ibm850` is not in it. */
export const FILE_ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'macintosh',
  'iso-8859-15',
  'windows-1250',
  'windows-1251',
  'iso-8859-2',
  'ibm850',
  'koi8-r',
  'ibm866',
  'iso-8859-5',
  'shift_jis',
  'euc-jp',
  'gbk',
  'big5',
  'euc-kr',
] as const;
export const FileEncoding = z.enum(FILE_ENCODINGS);
export type FileEncoding = z.infer<typeof FileEncoding>;

/** How the server reads a file; it detects what is left out. */
export const ReadingOptions = z.object({
  encoding: FileEncoding.optional().describe(
    'Left out: the encoding that the file declares, else the most likely one.',
  ),
  heading_line: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .optional()
    .describe(
      'The line with the column names, counted from 1; 0: no such line. Left out: detected.',
    ),
});

export const ImportOptions = z
  .object({
    ...ReadingOptions.shape,
    mapping: ColumnMapping.optional().describe(
      'Left out: guessed from the headings and the cells.',
    ),
    phone_columns: z
      .array(z.string().max(250))
      .max(50)
      .optional()
      .describe(
        'The columns with telephone numbers in the order in which they are tried: the first one that can be dialed is the ' +
          'number of the lead, the others are kept. Left out: direct and mobile numbers before those of the company.',
      ),
    default_country: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'is not a two-letter country code')
      .optional()
      .describe('ISO 3166 code for numbers in national form; left out: the setting.'),
    duplicates: z
      .enum(['skip', 'update'])
      .default('skip')
      .describe('What to do with a number that is already a lead.'),
    queue_id: Id.optional().describe('Adds the leads to this queue.'),
    queue_name: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .describe('Adds the leads to the queue of this name, and creates it when it is missing.'),
  })
  .meta({ id: 'ImportOptions' });
export type ImportOptions = z.infer<typeof ImportOptions>;

/** `application/json`: `{csv, ...options}`. `multipart/form-data`: `file`, and each option as a field (mapping as JSON). */
export const ImportJsonBody = ImportOptions.extend({
  csv: z.string().min(1, 'is empty').describe('The file as text.'),
  file_name: z.string().max(255).default('leads.csv'),
}).meta({ id: 'ImportRequest' });
export const ImportForm = formWithFile(ImportOptions, 'leads.csv').meta({ id: 'ImportForm' });

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
    suppressed: z
      .number()
      .int()
      .describe('Rows marked "do not call": no lead, their numbers are on the suppression list.'),
    failed: z.number().int(),
    incomplete: z
      .number()
      .int()
      .describe('Created or updated rows with a field that could not be used.'),
    error: z.string().nullable(),
    created_at: Timestamp,
    finished_at: Timestamp.nullable(),
  })
  .meta({ id: 'Import' });
export type Import = z.infer<typeof Import>;

/** The result of one line. Lines that became leads without a remark are not listed. */
export const LineFate = z.enum(['created', 'updated', 'skipped', 'suppressed', 'refused']);
export type LineFate = z.infer<typeof LineFate>;

/** Every kind of remark about a line of an imported file. */
export const IMPORT_REMARKS = [
  'duplicate_in_file',
  'lead_already',
  'lead_put_into_queue',
  'in_queue_already',
  'done_in_queue',
  'ended_by_person',
  'updated',
  'on_suppression_list',
  'do_not_call',
  'do_not_call_unreadable',
  'unusable_number',
  'no_number',
  'no_name',
  'too_many_fields',
  'unusable_field',
  'cut_field',
  'number_left_out',
  'company_as_name',
  'refused',
] as const;
export type ImportRemark = (typeof IMPORT_REMARKS)[number];

export const ImportLine = z
  .object({
    line: z
      .number()
      .int()
      .describe('Line of the file that the row begins on; the first line is 1.'),
    fate: LineFate,
    code: z
      .string()
      .describe('The kind of remark, such as `duplicate_in_file` or `unusable_field`.'),
    field: z.string().nullable(),
    reason: z.string(),
  })
  .meta({ id: 'ImportLine' });
export type ImportLine = z.infer<typeof ImportLine>;

export const ImportRowError = z
  .object({
    line: z.number().int().describe('Line of the file; the first line is 1.'),
    field: z.string().nullable(),
    reason: z.string(),
  })
  .meta({ id: 'ImportRowError' });

export const ImportLineGroup = z
  .object({
    fate: LineFate,
    code: z.string(),
    field: z.string().nullable(),
    lines: z.number().int(),
    example: z.object({ line: z.number().int(), reason: z.string() }),
  })
  .meta({ id: 'ImportLineGroup' });
export type ImportLineGroup = z.infer<typeof ImportLineGroup>;

export const ImportDetail = Import.extend({
  groups: z.array(ImportLineGroup).describe('Remarks about lines, counted by kind.'),
  errors: z.array(ImportRowError).describe('Refused lines.'),
  errors_total: z.number().int(),
  next_cursor: z.string().nullable().describe('For the next page of errors.'),
}).meta({ id: 'ImportDetail' });
export type ImportDetail = z.infer<typeof ImportDetail>;

export const ImportLinesQuery = PageQuery.extend({
  fate: LineFate.optional(),
  code: z.string().max(60).optional(),
});
export const ImportLineList = pageOf('lines', ImportLine).meta({ id: 'ImportLineList' });
export type ImportLineList = z.infer<typeof ImportLineList>;
export const ImportLinesExportQuery = z.object({ fate: LineFate.optional() });

export const ImportStarted = z
  .object({ message: z.string(), import: Import })
  .meta({ id: 'ImportStarted' });
export type ImportStarted = z.infer<typeof ImportStarted>;
export const ImportList = pageOf('imports', Import).meta({ id: 'ImportList' });
export type ImportList = z.infer<typeof ImportList>;
export const ImportDetailQuery = PageQuery;

export const UnreadColumn = z
  .object({
    column: z.string(),
    sample: z.string().nullable().describe('The first cell that is not empty.'),
    carries: z
      .enum(['do_not_call', 'consent', 'country', 'time_zone'])
      .nullable()
      .describe('A meaning that the law cares about, guessed from the heading.'),
  })
  .meta({ id: 'UnreadColumn' });
export type UnreadColumn = z.infer<typeof UnreadColumn>;

/** `POST /api/imports/preview`: how the server reads the file. Stores nothing. */
export const ImportPreview = z
  .object({
    columns: z.array(z.string()),
    mapping: ColumnMapping.describe(
      'Guessed from the headings and the cells, or taken from the last file with these columns.',
    ),
    phone_columns: z.array(z.string()).describe('In the order of preference.'),
    remembered: z
      .boolean()
      .describe('The mapping comes from an earlier import with the same columns.'),
    unread: z.array(UnreadColumn).describe('Columns that the mapping leaves out.'),
    delimiter: z.string(),
    encoding: FileEncoding,
    encoding_sure: z.boolean().describe('False: look at `encoding_sample`.'),
    encoding_sample: z
      .string()
      .nullable()
      .describe('The first row with a letter that differs between encodings; null: none.'),
    heading_line: z
      .number()
      .int()
      .describe('0: the file has no heading, its first line is a lead.'),
    top: z
      .array(z.object({ line: z.number().int(), cells: z.array(z.string()) }))
      .describe('The first rows of the file, to choose the heading from.'),
    sample: z.array(z.array(z.string())).describe('The first rows below the heading, as they are.'),
    rows: z.number().int(),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  })
  .meta({ id: 'ImportPreview' });
export type ImportPreview = z.infer<typeof ImportPreview>;
