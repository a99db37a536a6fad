import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { badRequest } from '../api-problem.js';
import type { Calls } from '../calls.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import { type Tags, tagPayload } from '../tags.js';
import { bodyOf, found, idOf, listRequest } from './request-parts.js';

const newTag = z.object({
  name: z.string().min(1),
  color: z.string().default('#00B388'),
  description: z.string().nullable().default(null),
});
const changedTag = z.object({
  name: z.string().min(1).optional(),
  color: z.string().optional(),
  description: z.string().nullable().optional(),
});

/** Reference 2: names are unique, and deleting a tag strips it from calls. */
export function tagRoutes(
  app: FastifyInstance,
  state: { tags: Tags; calls: Calls; settings: Settings; createdAtMs: number },
): void {
  const { tags, calls, settings } = state;
  const mustBeFree = (name: string, ownId?: number) => {
    const holder = tags.named(name);
    if (holder && holder.id !== ownId) throw badRequest('Tag name is already taken');
  };
  app.get('/v1/tags', (request) =>
    listPage(listRequest(request), tags.all(), {
      key: 'tags',
      createdAtMs: () => state.createdAtMs,
      payload: tagPayload,
      behaviour: settings.behaviour,
    }),
  );
  app.get('/v1/tags/:id', (request) => ({
    tag: tagPayload(found(tags.find(idOf(request, 'Tag')), 'Tag')),
  }));
  app.post('/v1/tags', (request, reply) => {
    const body = bodyOf(request, newTag);
    mustBeFree(body.name);
    return reply.code(201).send({ tag: tagPayload(tags.add(body)) });
  });
  app.put('/v1/tags/:id', (request) => {
    const tag = found(tags.find(idOf(request, 'Tag')), 'Tag');
    const body = bodyOf(request, changedTag);
    if (body.name !== undefined) mustBeFree(body.name, tag.id);
    tag.name = body.name ?? tag.name;
    tag.color = body.color ?? tag.color;
    tag.description = body.description === undefined ? tag.description : body.description;
    return { tag: tagPayload(tag) };
  });
  app.delete('/v1/tags/:id', (request, reply) => {
    const tag = found(tags.find(idOf(request, 'Tag')), 'Tag');
    tags.remove(tag.id);
    for (const call of calls.all()) call.tags = call.tags.filter((entry) => entry.tagId !== tag.id);
    return reply.code(204).send();
  });
}
