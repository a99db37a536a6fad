import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { badRequest, unprocessable } from '../api-problem.js';
import type { CampaignNumber, DialerCampaign, DialerCampaigns } from '../dialer-campaigns.js';
import type { Pace } from '../pace.js';
import { listPage } from '../pagination.js';
import { isE164 } from '../phone-format.js';
import type { Settings } from '../settings.js';
import type { Users } from '../users.js';
import { bodyOf, found, idOf, listRequest } from './request-parts.js';

const numbersBody = z.object({ phone_numbers: z.array(z.string()).min(1) });
const path = '/v1/users/:id/dialer_campaign';

/** Reference 5.3: Aircall's own queue. Its numbers come back under the key `numbers`. */
export function dialerCampaignRoutes(
  app: FastifyInstance,
  state: { pace: Pace; users: Users; campaigns: DialerCampaigns; settings: Settings },
): void {
  const { pace, users, campaigns, settings } = state;
  const userOf = (request: FastifyRequest) => found(users.find(idOf(request, 'User')), 'User');
  const campaignOf = (request: FastifyRequest) =>
    found(campaigns.of(userOf(request).id), 'Dialer campaign');

  const append = (campaign: DialerCampaign, phoneNumbers: readonly string[]) => {
    const duplicates = campaigns.append(campaign, phoneNumbers, pace.now());
    if (duplicates.length > 0) {
      throw unprocessable({
        dialer_campaign: duplicates.map((number) => `${number} already imported, but not called`),
      });
    }
  };
  const phoneNumbersOf = (request: FastifyRequest) => {
    const { phone_numbers: phoneNumbers } = bodyOf(request, numbersBody);
    if (!phoneNumbers.every(isE164)) throw badRequest('phone_numbers must be E.164');
    return phoneNumbers;
  };

  app.get(path, (request) => {
    const campaign = campaignOf(request);
    return {
      dialer_campaign: {
        id: campaign.id,
        number_id: campaign.numberId,
        created_at: new Date(campaign.createdAtMs).toISOString(),
      },
    };
  });
  app.post(path, (request, reply) => {
    const user = userOf(request);
    const phoneNumbers = phoneNumbersOf(request);
    const campaign =
      campaigns.of(user.id) ?? campaigns.create(user.id, user.numberIds[0] ?? null, pace.now());
    append(campaign, phoneNumbers);
    return reply.code(204).send();
  });
  app.delete(path, (request, reply) => {
    campaignOf(request);
    campaigns.remove(userOf(request).id);
    return reply.code(204).send();
  });

  app.get(`${path}/phone_numbers`, (request) =>
    listPage(listRequest(request), campaignOf(request).numbers, {
      key: 'numbers',
      createdAtMs: (number: CampaignNumber) => number.createdAtMs,
      payload: (number) => ({
        id: number.id,
        number: number.number,
        called: number.called,
        created_at: new Date(number.createdAtMs).toISOString(),
      }),
      behaviour: settings.behaviour,
    }),
  );
  app.post(`${path}/phone_numbers`, (request, reply) => {
    append(campaignOf(request), phoneNumbersOf(request));
    return reply.code(204).send();
  });
  app.delete(`${path}/phone_numbers/:number_id`, (request, reply) => {
    const campaign = campaignOf(request);
    const id = idOf(request, 'Phone number', 'number_id');
    found(
      campaign.numbers.find((number) => number.id === id),
      'Phone number',
    );
    campaign.numbers = campaign.numbers.filter((number) => number.id !== id);
    return reply.code(204).send();
  });
}
