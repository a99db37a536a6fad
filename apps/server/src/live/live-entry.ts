import { type LiveEventName, LiveEvents } from '@outdial/protocol';
import { z } from 'zod';
import type { RefusedEntry } from '../telemetry/metrics/refused-entries.js';
import type { NumberedEvent } from './event-ring.js';
import type { LiveSeal } from './live-seal.js';

/** What stands in one entry of the stream. */
export type LiveEntry =
  | { readonly kind: 'begin'; readonly epoch: string; readonly wanted: boolean }
  | { readonly kind: 'event'; readonly epoch: string; readonly event: NumberedEvent }
  | { readonly kind: 'refused'; readonly because: RefusedEntry };

const beginBoundTo = (epoch: string): readonly string[] => ['begin', epoch];
const eventBoundTo = (epoch: string, thing: string, before: string): readonly string[] => [
  'event',
  epoch,
  thing,
  before,
];

export const sealBegin = (seal: LiveSeal, by: string, epoch: string): string =>
  seal.seal('', by, beginBoundTo(epoch));

export const sealEvent = (
  seal: LiveSeal,
  by: string,
  { epoch, thing, before }: { epoch: string; thing: string; before: number },
  event: Omit<NumberedEvent, 'number'>,
): string => seal.seal(JSON.stringify(event), by, eventBoundTo(epoch, thing, String(before)));

const Audience = z.union([z.literal('every agent'), z.array(z.string())]);
const Envelope = z.object({
  name: z.enum(Object.keys(LiveEvents) as [LiveEventName, ...LiveEventName[]]),
  at: z.string(),
  audience: Audience,
  data: z.unknown(),
});

/**
 * Reads entries, and takes nothing that a node of this installation did not write, for this epoch, about now, and once: what is
 * copied from elsewhere in the stream counts as little as what is made up. Never throws.
 */
export function createEntryReader(
  seal: LiveSeal,
  size: number,
): (id: string, fields: readonly string[]) => LiveEntry {
  const seen = new Set<string>();
  const refused = (because: RefusedEntry): LiveEntry => ({ kind: 'refused', because });

  /** Those that came so long ago are too old by their number already. */
  function isReplayed(sealed: string): boolean {
    if (seen.has(sealed)) return true;
    seen.add(sealed);
    if (seen.size > 2 * size) {
      const [oldest] = seen;
      if (oldest !== undefined) seen.delete(oldest);
    }
    return false;
  }

  return (id, fields) => {
    const number = Number(/^(\d{1,15})-0$/.exec(id)?.[1] ?? Number.NaN);
    if (Number.isNaN(number)) return refused('number');
    const { epoch = '', thing = '', by = '', before = '', sealed = '', wanted } = named(fields);
    if (thing === '') {
      if (seal.open(sealed, by, beginBoundTo(epoch)) === null) return refused('seal');
      return { kind: 'begin', epoch, wanted: wanted === '1' };
    }
    const text = seal.open(sealed, by, eventBoundTo(epoch, thing, before));
    if (text === null) return refused('seal');
    const age = number - Number(before);
    if (!(age > 0 && age <= size) || isReplayed(sealed)) return refused('replayed');
    const envelope = Envelope.safeParse(JSON.parse(text));
    if (!envelope.success) return refused('schema');
    const { name, at, audience, data } = envelope.data;
    if (!LiveEvents[name].safeParse(data).success) return refused('schema');
    return { kind: 'event', epoch, event: { number, name, at, audience, data } as NumberedEvent };
  };
}

function named(fields: readonly string[]): Readonly<Record<string, string | undefined>> {
  const entry = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    entry.set(String(fields[at]), String(fields[at + 1]));
  }
  return Object.fromEntries(entry);
}
