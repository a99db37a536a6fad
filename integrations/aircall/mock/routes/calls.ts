import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from '../api-problem.js';
import type { CallFlags, CallPayloads } from '../call-payload.js';
import type { CallFilter, Calls } from '../calls.js';
import type { Pace } from '../pace.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import { found, idOf, listRequest, queryValues } from './request-parts.js';

const sixMonthsMs = 183 * 24 * 3600 * 1000;

/** Send `true` or omit (reference 4). */
function flagsOf(request: FastifyRequest): CallFlags {
  const isOn = (name: string) => queryValues(request, name)[0] === 'true';
  return {
    fetchContact: isOn('fetch_contact'),
    fetchShortUrls: isOn('fetch_short_urls'),
    fetchCallTimeline: isOn('fetch_call_timeline'),
  };
}

function filterOf(request: FastifyRequest): CallFilter {
  const [direction] = queryValues(request, 'direction');
  if (direction !== undefined && direction !== 'inbound' && direction !== 'outbound') {
    throw badRequest('direction must be inbound or outbound');
  }
  const [userId] = queryValues(request, 'user_id');
  if (userId !== undefined && !/^\d+$/.test(userId)) throw badRequest('user_id must be an integer');
  const tagIds = [...queryValues(request, 'tags[]'), ...queryValues(request, 'tags')].map(Number);
  return {
    direction,
    userId: userId === undefined ? undefined : Number(userId),
    phoneNumber: queryValues(request, 'phone_number')[0],
    tagIds,
  };
}

/** Reading calls (reference 4): six months of history, all filters on `search`, none on the plain list but dates. */
export function callRoutes(
  app: FastifyInstance,
  state: { pace: Pace; calls: Calls; payloads: CallPayloads; settings: Settings },
): void {
  const { pace, calls, payloads, settings } = state;
  const page = (request: FastifyRequest, filter: CallFilter) => {
    const flags = flagsOf(request);
    const recent = calls
      .search(filter)
      .filter((call) => call.startedAtMs >= pace.now() - sixMonthsMs);
    return listPage(listRequest(request), recent, {
      key: 'calls',
      createdAtMs: (call) => call.startedAtMs,
      payload: (call) => payloads.forApi(call, flags),
      behaviour: settings.behaviour,
    });
  };
  app.get('/v1/calls', (request) => page(request, {}));
  app.get('/v1/calls/search', (request) => page(request, filterOf(request)));
  app.get('/v1/calls/:id', (request) => ({
    call: payloads.forApi(found(calls.find(idOf(request, 'Call')), 'Call'), flagsOf(request)),
  }));
}
