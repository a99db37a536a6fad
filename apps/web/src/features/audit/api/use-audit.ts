import type { AuditAction } from '@outdial/protocol';
import { useClient } from '../../../data/client-context.js';
import { keys } from '../../../data/keys.js';
import { usePages } from '../../../data/use-pages.js';

export interface AuditFilters {
  readonly q?: string | undefined;
  readonly action?: AuditAction | undefined;
  readonly actor_id?: string | undefined;
  readonly target_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The audit log, newest first. */
export function useAudit(filters: AuditFilters) {
  const client = useClient();
  return usePages({
    queryKey: keys.auditList(filters),
    read: (cursor, signal) => client.audit.list({ ...filters, cursor, limit: 50 }, signal),
    rows: (page) => page.entries,
  });
}
