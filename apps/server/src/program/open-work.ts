import { AIRCALL } from '@outdial/aircall';
import { lookUpLiveCalls, wakeQueues } from '@outdial/core';
import { jobHandlers } from '../jobs/handlers.js';
import { createSweeping } from '../jobs/sweeping.js';
import { createCampaigns } from '../providers/campaigns.js';
import { createImportWork } from './import-work.js';
import { createPeriodicWork, createScheduled } from './periodic-work.js';
import { releaseHeldLeadsWhenRulesChange } from './release-held-leads.js';
import { openStage } from './stage.js';
import type { WorkNeeds } from './work-needs.js';

export type OpenedWork = Awaited<ReturnType<typeof openWork>>;

/** What the server does by itself: imports, jobs, and what comes back at its time. Nothing begins before the program runs. */
export function openWork(needs: WorkNeeds) {
  const { log, state, stores, telemetry, dialer: opened } = needs;
  const { dialer, provider, rules } = opened;
  return openStage(async (onClose) => {
    const queueFilled = (queueId: string): void => {
      wakeQueues(dialer, [queueId]).catch((error: unknown) => {
        log.error({ queue_id: queueId, err: error }, 'waiting sessions could not be woken');
      });
    };
    const importWork = createImportWork(needs, queueFilled);
    await releaseHeldLeadsWhenRulesChange(stores, log);
    const campaigns =
      provider.aircall === null
        ? undefined
        : createCampaigns({
            campaigns: provider.aircall.telephony.campaigns,
            provider: AIRCALL,
            store: stores.stores.campaigns,
            agents: stores.stores.agents,
            queues: stores.stores.queues,
            dialingFor: (queue) => stores.settings.dialingFor(queue),
            allowedCountries: rules.allowedCountries,
            prefixZones: rules.prefixZones,
            offsets: rules.offsets,
            queueFilled,
            clock: stores.clock,
            ids: stores.ids,
          });
    const checkWebhook = async (): Promise<void> => {
      const checked = await provider.aircall?.checkWebhook();
      if (checked?.missed) await lookUpLiveCalls(dialer);
    };
    checkWebhookWithNewCredentials(needs, checkWebhook);
    const sweeping = createSweeping({
      dialer,
      turns: stores.stores.scheduledWork,
      clock: stores.clock,
      log,
    });
    const scheduled = createScheduled(needs);
    const tickers = createPeriodicWork(needs, {
      sweeping,
      scheduled,
      checkWebhook,
      withdrawHeld: async () => campaigns?.withdrawHeld(),
      imports: importWork.imports,
    });
    onClose(() => Promise.all(tickers.map((ticker) => ticker.close())));
    const handlers = jobHandlers({
      dialer,
      runImport: (importId) => importWork.imports.run(importId),
      stopping: state.isStopping,
      metrics: telemetry.metrics,
      tracing: telemetry.tracing,
    });
    return { ...importWork, campaigns, checkWebhook, sweeping, scheduled, tickers, handlers };
  });
}

/** Credentials that an admin has set count immediately: also the webhook, which is registered with them. */
function checkWebhookWithNewCredentials(
  { state, security, log }: WorkNeeds,
  checkWebhook: () => Promise<void>,
): void {
  const stopFollowing = security.credentials.onChange(() => {
    checkWebhook().catch((error: unknown) => {
      log.warn({ err: error }, 'the webhook could not be checked with the new credentials');
    });
  });
  state.stopSignal.addEventListener('abort', stopFollowing);
}
