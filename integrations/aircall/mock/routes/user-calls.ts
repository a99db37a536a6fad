import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiProblem, badRequest, userUnavailable } from '../api-problem.js';
import type { CallLife } from '../call-life.js';
import type { DialerCampaigns } from '../dialer-campaigns.js';
import type { MockNumber, Numbers } from '../numbers.js';
import type { OrderLog } from '../order-log.js';
import type { Pace } from '../pace.js';
import { isE164 } from '../phone-format.js';
import type { Settings } from '../settings.js';
import { availabilityOf, type MockUser, type Users } from '../users.js';
import { bodyOf, found, idOf } from './request-parts.js';

const orderBody = z.object({ number_id: z.number().int(), to: z.string() });
const dialBody = z.object({ to: z.string() });

/** Reference 3.1 (a call) and 3.2 (a number put into the agent's dialler). */
export function userCallRoutes(
  app: FastifyInstance,
  state: {
    pace: Pace;
    settings: Settings;
    users: Users;
    numbers: Numbers;
    life: CallLife;
    orders: OrderLog;
    campaigns: DialerCampaigns;
  },
): void {
  const { pace, settings, users, numbers, life, orders, campaigns } = state;

  /** Refused by state: 405 (reference 3.1). Whether wrap-up and a pending order refuse is a setting. */
  const mustBeFree = (user: MockUser) => {
    const availability = availabilityOf(user);
    const mayDial =
      availability === 'available' ||
      (availability === 'after_call_work' &&
        user.chosen === 'available' &&
        settings.behaviour.dialDuringWrapUp === 'accept');
    const isPending = user.pendingOrders > 0 && settings.behaviour.secondOrder === 'refuse';
    if (!mayDial || isPending) throw userUnavailable();
  };

  const callableNumber = (user: MockUser, id: number): MockNumber => {
    const number = numbers.find(id);
    if (!number) throw badRequest('Number not found');
    if (!number.active) throw badRequest('Number is not active');
    if (!user.numberIds.includes(number.id))
      throw badRequest('User is not assigned to this number');
    return number;
  };

  app.post('/v1/users/:id/calls', (request, reply) => {
    const asked = request.body as Readonly<Record<string, unknown>> | null | undefined;
    const order = {
      atMs: pace.now(),
      userId: Number((request.params as Readonly<Record<string, string>>).id),
      numberId: typeof asked?.number_id === 'number' ? asked.number_id : null,
      to: typeof asked?.to === 'string' ? asked.to : null,
    };
    try {
      const user = found(users.find(idOf(request, 'User')), 'User');
      const body = bodyOf(request, orderBody);
      const number = callableNumber(user, body.number_id);
      if (!isE164(body.to)) throw badRequest('Invalid number to dial');
      mustBeFree(user);
      const call = life.placeOrdered(user, number, body.to);
      if (call) campaigns.noteCall(user.id, body.to);
      orders.note({ ...order, status: 204, callId: call?.id ?? null });
      return reply.code(204).send();
    } catch (error) {
      if (error instanceof ApiProblem)
        orders.note({ ...order, status: error.status, callId: null });
      throw error;
    }
  });

  app.post('/v1/users/:id/dial', (request, reply) => {
    const user = found(users.find(idOf(request, 'User')), 'User');
    const body = bodyOf(request, dialBody);
    if (!isE164(body.to)) throw badRequest('Invalid number to dial');
    mustBeFree(user);
    user.prefilledNumber = body.to;
    return reply.code(204).send();
  });
}
