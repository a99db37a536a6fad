import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

/**
 * Leads and calls open in a drawer over whatever page one is on. Which one is open stands in the address, so it can be
 * shared and the back button closes it; `app/drawers.tsx` draws them.
 */
export function useDrawers() {
  const [search, setSearch] = useSearchParams();
  const open = (name: 'lead' | 'call', id: string) =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      next.delete('lead');
      next.delete('call');
      next.set(name, id);
      return next;
    });
  const close = () =>
    setSearch((old) => {
      const next = new URLSearchParams(old);
      next.delete('lead');
      next.delete('call');
      return next;
    });
  return {
    leadId: search.get('lead'),
    callId: search.get('call'),
    openLead: (id: string) => open('lead', id),
    openCall: (id: string) => open('call', id),
    close,
  };
}

export function LeadLink({ id, children }: { id: string; children: ReactNode }) {
  const { openLead } = useDrawers();
  return (
    <Anchor
      component="button"
      type="button"
      c="inherit"
      fw={560}
      size="sm"
      ta="left"
      onClick={() => openLead(id)}
    >
      {children}
    </Anchor>
  );
}
