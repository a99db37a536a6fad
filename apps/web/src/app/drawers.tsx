import { useDrawers } from '../components/drawer-links.js';
import { CallDrawer } from '../features/history/components/call-drawer.js';
import { LeadDrawer } from '../features/leads/components/lead-drawer.js';

/** The drawers that any page may open; see `useDrawers`. */
export function Drawers() {
  const { leadId, callId, close } = useDrawers();
  return (
    <>
      <LeadDrawer leadId={leadId} onClose={close} />
      <CallDrawer callId={callId} onClose={close} />
    </>
  );
}
