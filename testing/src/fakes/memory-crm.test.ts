import { crmContract } from '../contracts/crm/crm-contract.js';
import { createMemoryCrm } from './memory-crm.js';

crmContract('The CRM in memory', async () => {
  const crm = createMemoryCrm();
  return {
    crm,
    contacts: async () =>
      crm
        .contacts()
        .map(({ externalId, lead }) => ({ externalId, name: lead.name, phone: lead.phone })),
    activities: async () => crm.activities().map(({ written: _, ...activity }) => activity),
    setDown: async (down) => crm.setDown(down),
    loseNextAnswer: async () => crm.loseNextAnswers(1),
    reject: async (leadId) => crm.reject(leadId),
    close: async () => undefined,
  };
});
