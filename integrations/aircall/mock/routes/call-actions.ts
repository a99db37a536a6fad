import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { badRequest, methodNotAllowed } from '../api-problem.js';
import type { CallLife } from '../call-life.js';
import { type CallPayloads, noCallFlags } from '../call-payload.js';
import type { Calls, MockCall } from '../calls.js';
import type { Events } from '../events.js';
import type { Numbers } from '../numbers.js';
import { isE164 } from '../phone-format.js';
import type { Settings } from '../settings.js';
import type { Tags } from '../tags.js';
import type { Teams } from '../teams.js';
import { availabilityOf, type MockUser, type Users } from '../users.js';
import { bodyOf, found, idOf } from './request-parts.js';

const maxComments = 5;
const maxCardBytes = 10 * 1024;

const commentBody = z.object({ content: z.string().min(1) });
const tagsBody = z.object({ tags: z.array(z.number().int()).min(1) });
const transferBody = z.object({
  user_id: z.number().int().optional(),
  team_id: z.number().int().optional(),
  number: z.string().optional(),
  dispatching_strategy: z.enum(['simultaneous', 'random', 'longest_idle']).optional(),
});
const cardBody = z.object({
  contents: z
    .array(
      z.union([
        z.object({ type: z.literal('title'), text: z.string(), link: z.string().optional() }),
        z.object({
          type: z.literal('shortText'),
          label: z.string(),
          text: z.string(),
          link: z.string().optional(),
        }),
      ]),
    )
    .min(1),
});

/** What the API can do to a call (reference 4, table of actions). Hanging up is not among it (0.2). */
export function callActionRoutes(
  app: FastifyInstance,
  state: {
    calls: Calls;
    users: Users;
    teams: Teams;
    tags: Tags;
    numbers: Numbers;
    life: CallLife;
    events: Events;
    payloads: CallPayloads;
    settings: Settings;
  },
): void {
  const { calls, users, teams, tags, numbers, life, events, payloads, settings } = state;
  const callOf = (request: FastifyRequest) => found(calls.find(idOf(request, 'Call')), 'Call');
  const mustLive = (call: MockCall) => {
    if (call.status === 'done') throw badRequest('Call has already ended');
  };

  app.post('/v1/calls/:id/comments', (request, reply) => {
    const call = callOf(request);
    const { content } = bodyOf(request, commentBody);
    if (call.comments.length >= maxComments) throw badRequest('A call takes at most 5 comments');
    life.comment(call, content.replace(/\p{Extended_Pictographic}/gu, ''), null);
    return reply.code(201).send();
  });

  app.post('/v1/calls/:id/tags', (request, reply) => {
    const call = callOf(request);
    const body = bodyOf(request, tagsBody);
    const unknown = body.tags.find((id) => !tags.find(id));
    if (unknown !== undefined) throw badRequest(`Tag ${unknown} not found`);
    life.tag(call, body.tags, null, settings.behaviour.tagPost);
    return reply.code(201).send();
  });

  const transferTarget = (
    body: z.output<typeof transferBody>,
    call: MockCall,
  ): MockUser | undefined => {
    if (body.number !== undefined) {
      if (!isE164(body.number)) throw badRequest('Invalid number to transfer to');
      if (call.direction !== 'inbound' || call.status !== 'initial') {
        throw badRequest('External transfers are possible for unanswered inbound calls only');
      }
      return undefined;
    }
    if (body.user_id !== undefined) {
      const user = users.find(body.user_id);
      if (!user) throw badRequest('User not found');
      return user;
    }
    const team = teams.find(body.team_id ?? 0);
    if (!team) throw badRequest('Team not found');
    const members = team.userIds.map((id) => users.find(id)).filter((user) => user !== undefined);
    const target = members.find((user) => availabilityOf(user) === 'available') ?? members[0];
    if (!target) throw badRequest('Team has no users');
    return target;
  };

  app.post('/v1/calls/:id/transfers', (request, reply) => {
    const call = callOf(request);
    const body = bodyOf(request, transferBody);
    const targets = [body.user_id, body.team_id, body.number].filter(
      (target) => target !== undefined,
    );
    if (targets.length !== 1)
      throw badRequest('Exactly one of user_id, team_id and number is required');
    if (body.dispatching_strategy && body.team_id === undefined) {
      throw badRequest('dispatching_strategy goes with team_id');
    }
    mustLive(call);
    const target = transferTarget(body, call);
    if (target) life.transfer(call, target);
    else events.aboutCall('call.external_transferred', call);
    return reply.code(204).send();
  });

  const setArchived = (archived: boolean) => (request: FastifyRequest) => {
    const call = callOf(request);
    call.archived = archived;
    if (archived) events.aboutCall('call.archived', call);
    return { call: payloads.forApi(call, noCallFlags) };
  };
  app.put('/v1/calls/:id/archive', setArchived(true));
  app.put('/v1/calls/:id/unarchive', setArchived(false));

  const setRecordingPaused =
    (paused: boolean) => (request: FastifyRequest, reply: FastifyReply) => {
      const call = callOf(request);
      mustLive(call);
      if (!numbers.find(call.numberId)?.recordsCalls)
        throw methodNotAllowed('Recording is disabled on this number');
      call.recordingPaused = paused;
      return reply.code(204).send();
    };
  app.post('/v1/calls/:id/pause_recording', setRecordingPaused(true));
  app.post('/v1/calls/:id/resume_recording', setRecordingPaused(false));
  app.delete('/v1/calls/:id/recording', (request, reply) => {
    callOf(request).recordingUrl = null;
    return reply.code(204).send();
  });
  app.delete('/v1/calls/:id/voicemail', (request, reply) => {
    callOf(request);
    return reply.code(204).send();
  });

  /** Success code unsure; 201 like the other POSTs that add something. */
  app.post('/v1/calls/:id/insight_cards', (request, reply) => {
    const call = callOf(request);
    const card = bodyOf(request, cardBody);
    if (Buffer.byteLength(JSON.stringify(card)) >= maxCardBytes)
      throw badRequest('An insight card is limited to 10 KB');
    mustLive(call);
    call.insightCards.push(card.contents);
    return reply.code(201).send();
  });
}
