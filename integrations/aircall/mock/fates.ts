import { z } from 'zod';
import type { Behaviour } from './behaviour.js';
import type { Chance } from './chance.js';
import { digitsOnly } from './phone-format.js';

const wait = z.number().min(0).nullable();
const party = z.enum(['agent', 'remote']);

/**
 * What happens at the other end. Seconds are the provider's, counted from the start of the call; `null` means "until
 * the control hangs up". The payloads never say which party hung up, nor that a mailbox answered:
 * that is all the reference offers (0.3, 7.3).
 */
export const fateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('answer'),
    afterSeconds: z.number().min(0).default(5),
    talkSeconds: wait.default(60),
    endedBy: party.default('remote'),
  }),
  /** A voicemail box picks up: looks like an answer. */
  z.strictObject({
    kind: z.literal('mailbox'),
    afterSeconds: z.number().min(0).default(20),
    talkSeconds: wait.default(10),
    endedBy: party.default('agent'),
  }),
  z.strictObject({ kind: z.literal('no_answer'), ringSeconds: wait.default(28) }),
  z.strictObject({ kind: z.literal('busy'), afterSeconds: z.number().min(0).default(4) }),
  /** The order is accepted with 204 and no call follows. */
  z.strictObject({ kind: z.literal('no_call') }),
]);

export type Fate = z.output<typeof fateSchema>;
/** As a test writes it: everything but `kind` has a default. */
export type FateInput = z.input<typeof fateSchema>;

/** Scripts per phone number; whatever is not scripted is drawn. */
export class Fates {
  readonly #scripts = new Map<string, Fate[]>();

  constructor(private readonly chance: Chance) {}

  /** The first fate is for the next call, and so on; the last one stays. */
  script(phoneNumber: string, fates: readonly Fate[]): void {
    this.#scripts.set(digitsOnly(phoneNumber), [...fates]);
  }

  forget(phoneNumber: string): void {
    this.#scripts.delete(digitsOnly(phoneNumber));
  }

  all(): Record<string, readonly Fate[]> {
    return Object.fromEntries([...this.#scripts].map(([digits, fates]) => [`+${digits}`, fates]));
  }

  reset(): void {
    this.#scripts.clear();
  }

  /** The fate of the next call to this number. */
  next(phoneNumber: string, rules: Behaviour['fates']): Fate {
    const script = this.#scripts.get(digitsOnly(phoneNumber));
    const scripted = script && script.length > 1 ? script.shift() : script?.[0];
    return scripted ?? this.#draw(rules);
  }

  #draw(rules: Behaviour['fates']): Fate {
    const chance = this.chance;
    const kind = chance.weighted(rules.weights);
    const endedBy = () => (chance.percent(rules.agentHangsUpPercent) ? 'agent' : 'remote');
    switch (kind) {
      case 'answered':
        return {
          kind: 'answer',
          afterSeconds: chance.between(rules.answerAfterSeconds),
          talkSeconds: chance.between(rules.talkSeconds),
          endedBy: endedBy(),
        };
      case 'mailbox':
        return {
          kind: 'mailbox',
          afterSeconds: chance.between(rules.mailboxAfterSeconds),
          talkSeconds: chance.between(rules.mailboxTalkSeconds),
          endedBy: 'agent',
        };
      case 'noAnswer':
        return { kind: 'no_answer', ringSeconds: chance.between(rules.ringSeconds) };
      case 'busy':
        return { kind: 'busy', afterSeconds: chance.between(rules.busyAfterSeconds) };
      default:
        return kind satisfies never;
    }
  }
}
