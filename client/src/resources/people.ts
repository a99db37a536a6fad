import { type ErasePerson, type ExportPerson, PersonErased, PersonExport } from '@outdial/protocol';
import type { Request } from '../request.js';

/** Everything that is known of one person, for their own requests. */
export const people = (request: Request) => ({
  export: (who: ExportPerson) => request('POST', '/api/people/export', PersonExport, { body: who }),
  /** Cannot be undone. The calls stay as counts, and so does the proof that the number must not be dialed. */
  erase: (body: ErasePerson) => request('POST', '/api/people/erase', PersonErased, { body }),
});
