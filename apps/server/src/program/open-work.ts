import { lookUpLiveCalls, wakeQueues } from '@outdial/core';
import { chooseConnection } from '../connections/choose-connection.js';
import { type CampaignCarriers, createCampaigns } from '../features/agents/campaigns.js';
import { jobHandlers } from '../jobs/handlers.js';
import { createSweeping } from '../jobs/sweeping.js';
import { createImportWork } from './import-work.js';
import { createPeriodicWork, createScheduled } from './periodic-work.js';
import { releaseHeldLeadsWhenRulesChange } from './release-held-leads.js';
import { openStage } from './stage.js';
import type { WorkNeeds } from './work-needs.js';

export type OpenedWork = Awaited<ReturnType<typeof openWork>>;

/** What the server does by itself: imports, jobs, and what comes back at its time. Nothing begins before the program runs. */
export function openWork(needs: WorkNeeds) {
  const { log, state, stores, telemetry, dialer: opened } = needs;
  const { dialer, rules } = opened;
  return openStage(async (onClose) => {
    const queueFilled = (queueId: string): void => {
      wakeQueues(dialer, [queueId]).catch((error: unknown) => {
        log.error({ queue_id: queueId, err: error }, 'waiting sessions could not be woken');
      });
    };
    const importWork = createImportWork(needs, queueFilled);
    await releaseHeldLeadsWhenRulesChange(stores, log);
    const campaigns = createCampaigns({
      carriers: campaignCarriers(needs),
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
    /** With the webhooks in order first: what one missed while it was disabled is looked up. */
    const checkConnections = async (): Promise<void> => {
      const missed = await opened.checks.all();
      if (missed.length > 0) await lookUpLiveCalls(dialer);
    };
    checkWithNewCredentials(needs, checkConnections);
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
      checkConnections,
      withdrawHeld: () => campaigns.withdrawHeld(),
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
    return { ...importWork, campaigns, checkConnections, sweeping, scheduled, tickers, handlers };
  });
}

/** Where the campaign of an agent is, or would be. */
function campaignCarriers({ config, dialer: { connections } }: WorkNeeds): CampaignCarriers {
  return {
    of: (connectionId) => connections.get(connectionId)?.carrier?.campaigns ?? null,
    choose(queue, agent) {
      const wishes = { queue: queue.connectionId, agent: agent.connectionId };
      const { row, carrier } = chooseConnection(connections, wishes, config.telephony.default);
      return { connectionId: row.id, label: row.label, campaigns: carrier?.campaigns ?? null };
    },
  };
}

/** Credentials that an admin has set count immediately: also for the webhook, which is registered with them. */
function checkWithNewCredentials(
  { state, security, log }: WorkNeeds,
  checkConnections: () => Promise<void>,
): void {
  const stopFollowing = security.credentials.onChange(() => {
    checkConnections().catch((error: unknown) => {
      log.warn({ err: error }, 'the connections could not be checked with the new credentials');
    });
  });
  state.stopSignal.addEventListener('abort', stopFollowing);
}
