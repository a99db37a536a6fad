import type { Command } from './command.js';
import { connectionsList, connectionsTest } from './commands/connections.js';
import { doctor } from './commands/doctor.js';
import { exportHistory } from './commands/history.js';
import { importFile, importsList, importsShow } from './commands/imports.js';
import { leadsAdd, leadsList, leadsShow } from './commands/leads.js';
import { queuesList, queuesShow } from './commands/queues.js';
import {
  sessionsList,
  sessionsPause,
  sessionsResume,
  sessionsShow,
  sessionsStart,
  sessionsStop,
} from './commands/sessions.js';
import { signInCommand, signOutCommand, whoami } from './commands/sign-in.js';
import { sessionsTail } from './commands/tail.js';

/** In the order of the help. */
export const COMMANDS: readonly Command[] = [
  signInCommand,
  signOutCommand,
  whoami,
  leadsList,
  leadsShow,
  leadsAdd,
  importFile,
  importsList,
  importsShow,
  queuesList,
  queuesShow,
  sessionsList,
  sessionsShow,
  sessionsStart,
  sessionsPause,
  sessionsResume,
  sessionsStop,
  sessionsTail,
  exportHistory,
  connectionsList,
  connectionsTest,
  doctor,
];
