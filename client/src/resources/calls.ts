import { Call, CallResult, DispositionList, type SetDisposition } from '@outdial/protocol';
import type { Request } from '../request.js';

export const calls = (request: Request) => ({
  get: (id: string, signal?: AbortSignal) => request('GET', `/api/calls/${id}`, Call, { signal }),
  setDisposition: (id: string, body: SetDisposition) =>
    request('POST', `/api/calls/${id}/disposition`, CallResult, { body }),
  hangUp: (id: string) => request('POST', `/api/calls/${id}/hangup`, CallResult),
  syncCrm: (id: string) => request('POST', `/api/calls/${id}/crm-sync`, CallResult),
  dispositions: (signal?: AbortSignal) =>
    request('GET', '/api/dispositions', DispositionList, { signal }),
});
