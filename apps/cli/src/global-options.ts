import type { OptionSpecs } from './command.js';

/** Understood by every command. */
export const GLOBAL_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    what: 'The server. Default: OUTDIAL_URL, else the server signed in to last, else http://localhost:3000',
  },
  'api-key': {
    type: 'string',
    value: 'KEY',
    what: 'An API key instead of a sign-in. OUTDIAL_API_KEY keeps it out of the list of processes',
  },
  agent: {
    type: 'string',
    value: 'AGENT',
    what: 'Act for this agent (name or id); needs the permission dialer.any for another agent',
  },
  json: { type: 'boolean', what: 'Write the answer as JSON' },
  help: { type: 'boolean', what: 'Show this help' },
} as const satisfies OptionSpecs;
