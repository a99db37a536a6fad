import type { CallComment, CallTag, MockCall } from './calls.js';
import { contactPayload } from './contact-payload.js';
import type { Contacts } from './contacts.js';
import { numberInWebhook, numberPayload } from './number-payload.js';
import type { Numbers } from './numbers.js';
import { writeDigits } from './phone-format.js';
import type { Settings } from './settings.js';
import { type Tags, tagPayload } from './tags.js';
import { nestedUserPayload } from './user-payload.js';
import type { Users } from './users.js';

/** The optional parts a reader of the API asks for with `=true` (reference 4). */
export interface CallFlags {
  readonly fetchContact: boolean;
  readonly fetchShortUrls: boolean;
  readonly fetchCallTimeline: boolean;
}

export const noCallFlags: CallFlags = {
  fetchContact: false,
  fetchShortUrls: false,
  fetchCallTimeline: false,
};

const unixSeconds = (ms: number | null) => (ms === null ? null : Math.floor(ms / 1000));

/** Builds the call object of reference 4.1, in its two spellings: as read by API, and inside webhooks. */
export class CallPayloads {
  constructor(
    private readonly state: {
      readonly users: Users;
      readonly numbers: Numbers;
      readonly tags: Tags;
      readonly contacts: Contacts;
      readonly settings: Settings;
    },
  ) {}

  /** `sid` and `conference_participants`; `contact` is null unless asked for. */
  forApi(call: MockCall, flags: CallFlags = noCallFlags): Record<string, unknown> {
    const contact = flags.fetchContact
      ? this.state.contacts.withPhoneNumber(call.phoneNumber)[0]
      : undefined;
    const number = this.state.numbers.find(call.numberId);
    return {
      ...this.#common(call),
      sid: call.uuid,
      contact: contact ? contactPayload(contact) : null,
      number: number ? numberPayload(number) : null,
      tags: call.tags.map((tag) => this.#apiTag(tag)),
      conference_participants: this.#participants(call),
      ...(flags.fetchShortUrls && {
        recording_short_url: call.recordingUrl && `https://short.outdial.example/${call.id}`,
        voicemail_short_url: null,
      }),
      ...(flags.fetchCallTimeline && { ivr_options_selected: [] }),
    };
  }

  /** `call_uuid` and `participants`; `contact` is always null here, which is also the harder case for the reader. */
  forWebhook(call: MockCall, options: { readonly withoutUser: boolean }): Record<string, unknown> {
    const number = this.state.numbers.find(call.numberId);
    const payload = {
      ...this.#common(call),
      call_uuid: call.uuid,
      contact: null,
      number: number ? numberInWebhook(number) : null,
      tags: call.tags.map((tag) => this.#webhookTag(tag)),
      participants: this.#participants(call),
    };
    if (!options.withoutUser) return payload;
    return Object.fromEntries(Object.entries(payload).filter(([key]) => key !== 'user'));
  }

  #common(call: MockCall): Record<string, unknown> {
    const startedAt = Math.floor(call.startedAtMs / 1000);
    const endedAt = unixSeconds(call.endedAtMs);
    return {
      id: call.id,
      direct_link: `https://api.aircall.io/v1/calls/${call.id}`,
      direction: call.direction,
      status: call.status,
      missed_call_reason: call.missedCallReason,
      started_at: startedAt,
      answered_at: unixSeconds(call.answeredAtMs),
      ended_at: endedAt,
      // Includes the ringing; 0 while the call lives.
      duration: endedAt === null ? 0 : endedAt - startedAt,
      cost: '0.0',
      hangup_cause: null,
      voicemail: null,
      recording: call.recordingUrl,
      asset: call.recordingUrl && `https://assets.outdial.example/calls/${call.id}/recording`,
      raw_digits: writeDigits(call.phoneNumber, this.state.settings.behaviour.rawDigits),
      ...this.#people(call),
      archived: call.archived,
      teams: [],
      comments: call.comments.map((comment) => this.#comment(comment)),
    };
  }

  /** `user` is absent on an unanswered inbound call; the transfer fields appear only after a transfer. */
  #people(call: MockCall): Record<string, unknown> {
    const person = (id: number | null) => {
      const user = id === null ? undefined : this.state.users.find(id);
      return user && nestedUserPayload(user);
    };
    const fields = {
      user: person(call.userId),
      transferred_by: person(call.transferredBy),
      transferred_to: person(call.transferredTo),
    };
    return {
      assigned_to: null,
      ...Object.fromEntries(Object.entries(fields).filter(([, user]) => user !== undefined)),
    };
  }

  #participants(call: MockCall): Record<string, unknown>[] {
    const external = {
      type: 'external',
      phone_number: writeDigits(call.phoneNumber, this.state.settings.behaviour.rawDigits),
    };
    const user = call.userId === null ? undefined : this.state.users.find(call.userId);
    return user ? [external, { type: 'user', id: user.id, name: user.name }] : [external];
  }

  #apiTag(tag: CallTag): Record<string, unknown> {
    const known = this.state.tags.find(tag.tagId);
    return known ? tagPayload(known) : { id: tag.tagId };
  }

  #webhookTag(tag: CallTag): Record<string, unknown> {
    const tagger = tag.taggedBy === null ? undefined : this.state.users.find(tag.taggedBy);
    return {
      id: tag.tagId,
      name: this.state.tags.find(tag.tagId)?.name,
      tagged_at: unixSeconds(tag.taggedAtMs),
      tagged_by: tagger ? nestedUserPayload(tagger) : null,
    };
  }

  #comment(comment: CallComment): Record<string, unknown> {
    const author = comment.postedBy === null ? undefined : this.state.users.find(comment.postedBy);
    return {
      id: comment.id,
      content: comment.content,
      posted_at: unixSeconds(comment.postedAtMs),
      posted_by: author ? nestedUserPayload(author) : null,
    };
  }
}
