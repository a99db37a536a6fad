import { AgentHeader, ById } from '../common.js';
import {
  CreateSession,
  DialerStatus,
  Session,
  SessionList,
  SessionListQuery,
  StartDialer,
} from '../dialer.js';
import type { ErrorCode } from '../error-codes.js';
import { operation } from './define.js';

const START_ERRORS = [
  'not_found',
  'agent_has_session',
  'too_many_lines',
  'nothing_to_call',
  'shutting_down',
  'provider_unavailable',
] as const;

/** The commands to a session: end of the path, start of the operation ids, and text for the document. */
const PAUSE = {
  path: 'pause',
  id: 'pause',
  summary: 'Pauses the session: no new calls; live calls continue',
  errors: ['session_stopped', 'session_not_running'],
} as const;
const RESUME = {
  path: 'resume',
  id: 'resume',
  summary: 'Resumes a paused session',
  errors: ['session_stopped', 'session_not_paused', 'shutting_down'],
} as const;
const STOP = {
  path: 'stop',
  id: 'stop',
  summary: 'Stops the session: cancels unanswered calls and leaves a conversation alone',
  errors: ['session_stopped'],
} as const;
const DIAL_NEXT = {
  path: 'dial-next',
  id: 'dialNext',
  summary: 'Ends the wrap-up, or the delay between two rounds: the next round starts now',
  errors: ['session_stopped', 'session_not_running', 'no_wrap_up', 'shutting_down'],
} as const;
const HOLD_WRAP_UP = {
  path: 'hold-wrap-up',
  id: 'holdWrapUp',
  summary:
    'Extends the wrap-up while the agent writes: at least 15 seconds from now, at most 10 minutes in total. Repeat every few seconds',
  errors: ['session_stopped', 'no_wrap_up'],
} as const;

interface Wish {
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly errors: readonly ErrorCode[];
}

const ofOwnSession = (wish: Wish) =>
  operation({
    id: `${wish.id}Dialer`,
    method: 'POST',
    path: `/api/dialer/${wish.path}`,
    tag: 'dialer',
    summary: wish.summary,
    permission: ['dialer.own', 'dialer.any'],
    headers: AgentHeader,
    answers: { 200: Session },
    errors: ['not_found', 'no_open_session', ...wish.errors],
  });

/** The session of the caller's own agent. */
export const dialer = {
  status: operation({
    id: 'getDialerStatus',
    method: 'GET',
    path: '/api/dialer/status',
    tag: 'dialer',
    summary: "Everything that the agent's dialer page shows",
    permission: ['dialer.own', 'dialer.any'],
    headers: AgentHeader,
    answers: { 200: DialerStatus },
    errors: ['not_found'],
  }),
  start: operation({
    id: 'startDialer',
    method: 'POST',
    path: '/api/dialer/start',
    tag: 'dialer',
    summary: "Starts a session for the caller's agent, on a queue or a selection of leads",
    permission: ['dialer.own', 'dialer.any'],
    headers: AgentHeader,
    body: StartDialer,
    answers: { 201: Session },
    errors: START_ERRORS,
  }),
  pause: ofOwnSession(PAUSE),
  resume: ofOwnSession(RESUME),
  stop: ofOwnSession(STOP),
  /** Ends the wrap-up, or the pause between two rounds, now. */
  dialNext: ofOwnSession(DIAL_NEXT),
  /** Keeps the wrap-up open 15 seconds from now; renew while the agent writes. */
  holdWrapUp: ofOwnSession(HOLD_WRAP_UP),
};

const ofAnySession = (wish: Wish) =>
  operation({
    id: `${wish.id}Session`,
    method: 'POST',
    path: `/api/dialer/sessions/:id/${wish.path}`,
    tag: 'dialer',
    summary: wish.summary,
    permission: ['dialer.own', 'dialer.any'],
    params: ById,
    answers: { 200: Session },
    errors: ['not_found', ...wish.errors],
  });

/** Sessions of any agent. */
export const sessions = {
  list: operation({
    id: 'listSessions',
    method: 'GET',
    path: '/api/dialer/sessions',
    tag: 'dialer',
    summary: 'Sessions of all agents, newest first',
    permission: ['dialer.own', 'dialer.any'],
    query: SessionListQuery,
    answers: { 200: SessionList },
    errors: ['invalid_cursor'],
  }),
  create: operation({
    id: 'createSession',
    method: 'POST',
    path: '/api/dialer/sessions',
    tag: 'dialer',
    summary: 'Starts a session for any agent, on a queue or a selection of leads',
    permission: ['dialer.any'],
    body: CreateSession,
    answers: { 201: Session },
    errors: START_ERRORS,
  }),
  get: operation({
    id: 'getSession',
    method: 'GET',
    path: '/api/dialer/sessions/:id',
    tag: 'dialer',
    summary: 'One session with its calls',
    permission: ['dialer.own', 'dialer.any'],
    params: ById,
    answers: { 200: Session },
    errors: ['not_found'],
  }),
  pause: ofAnySession(PAUSE),
  resume: ofAnySession(RESUME),
  stop: ofAnySession(STOP),
  dialNext: ofAnySession(DIAL_NEXT),
  holdWrapUp: ofAnySession(HOLD_WRAP_UP),
};
