/** The 67 event names of the reference (section 7.2). A webhook that names anything else is refused with 400. */
const callEvents = [
  'call.created',
  'call.ringing_on_agent',
  'call.agent_declined',
  'call.answered',
  'call.transferred',
  'call.external_transferred',
  'call.unsuccessful_transfer',
  'call.hungup',
  'call.ended',
  'call.hold',
  'call.unhold',
  'call.ivr_option_selected',
  'call.comm_assets_generated',
  'call.voicemail_left',
  'call.assigned',
  'call.archived',
  'call.tagged',
  'call.untagged',
  'call.commented',
] as const;

const userFacts = [
  'user.created',
  'user.deleted',
  'user.connected',
  'user.disconnected',
  'user.opened',
  'user.closed',
  'user.wut_start',
  'user.wut_end',
] as const;

const contactEvents = ['contact.created', 'contact.updated', 'contact.deleted'] as const;

export type CallEventName = (typeof callEvents)[number];
/** Without the `.v2` suffix; the setting `userEventNames` decides which spelling is sent. */
export type UserFactName = (typeof userFacts)[number];
export type ContactEventName = (typeof contactEvents)[number];

export const allEventNames: readonly string[] = [
  ...callEvents,
  ...userFacts,
  ...userFacts.map((name) => `${name}.v2`),
  'number.created',
  'number.opened',
  'number.closed',
  'number.deleted',
  ...contactEvents,
  'message.sent',
  'message.received',
  'message.status_updated',
  'group_message.sent',
  'group_message.received',
  'group_message.status_updated',
  'transcription.created',
  'summary.created',
  'topics.created',
  'sentiment.created',
  'action_item.created',
  'playbook_result.created',
  'playbook_result.updated',
  'realtime_transcription.utterances_received',
  'custom_summary.result_created',
  'custom_summary.result_updated',
  'call_evaluation.created',
  'call_evaluation.updated',
  'ai_voice_agent.started',
  'ai_voice_agent.ended',
  'ai_voice_agent.escalated',
  'ai_voice_agent.summary',
  'analytics.report_created',
  'analytics.report_failed',
  'integration.deleted',
];
