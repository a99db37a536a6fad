import { z } from 'zod';

/** The fields of a form: a file, what it is called, and the options. */
export const formWithFile = <T extends z.ZodRawShape>(options: z.ZodObject<T>, fileName: string) =>
  options.extend({
    file: z
      .instanceof(Uint8Array, { error: 'is missing: send the CSV file under this name' })
      .meta({ type: 'string', format: 'binary', description: 'The CSV file.' }),
    file_name: z.string().max(255).default(fileName),
  });
