-- The first schema. Ids are UUIDv7 made by the application; times are timestamptz; enumerations are text with a CHECK,
-- so that a new value is a small migration and every tool can read them.

CREATE TABLE agents (
  id                  uuid PRIMARY KEY,
  name                text NOT NULL,
  email               text NOT NULL,
  presence            text NOT NULL DEFAULT 'OFFLINE' CHECK (presence IN ('OFFLINE', 'AVAILABLE', 'DO_NOT_DISTURB')),
  presence_since      timestamptz NOT NULL,
  provider_user_id    text,
  provider_number_id  text,
  created_at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX agents_email ON agents (lower(email));

CREATE TABLE leads (
  id               uuid PRIMARY KEY,
  name             text NOT NULL,
  job_title        text,
  phone            text NOT NULL,              -- E.164
  company          text,
  email            text,
  headcount        text,
  industry         text,
  time_zone        text,                       -- IANA; null: the prefix tells
  score            integer NOT NULL DEFAULT 0,
  enrichment       jsonb,
  crm_external_id  text,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
-- One lead per number: import de-duplicates on it, and a second lead with the same number would be a second call.
CREATE UNIQUE INDEX leads_phone ON leads (phone);
CREATE INDEX leads_created ON leads (created_at DESC, id DESC);
CREATE INDEX leads_name ON leads (name, id);
CREATE INDEX leads_industry ON leads (industry);
CREATE INDEX leads_headcount ON leads (headcount);

CREATE TABLE queues (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  -- Made by starting a session from a selection of leads; not offered in lists of queues.
  ad_hoc      boolean NOT NULL DEFAULT false,
  -- What differs from the system's dialing settings (DialingOverrides, snake_case keys).
  settings    jsonb NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL,
  archived_at timestamptz
);
CREATE UNIQUE INDEX queues_name ON queues (lower(name)) WHERE NOT ad_hoc AND archived_at IS NULL;

CREATE TABLE sessions (
  id              uuid PRIMARY KEY,
  agent_id        uuid NOT NULL REFERENCES agents,
  queue_id        uuid NOT NULL REFERENCES queues,
  provider        text NOT NULL,
  lines           integer NOT NULL CHECK (lines BETWEEN 1 AND 10),
  after_connect   text NOT NULL CHECK (after_connect IN ('continue', 'stop')),
  status          text NOT NULL CHECK (status IN ('RUNNING', 'PAUSED', 'STOPPED')),
  reason          text,
  phase           text NOT NULL,
  phase_since     timestamptz NOT NULL,
  round           integer NOT NULL,
  winner_call_id  uuid,
  wrap_up_until   timestamptz,
  next_round_at   timestamptz,
  trouble         jsonb,
  dry_since       timestamptz,
  wake_at         timestamptz,
  attempted       integer NOT NULL DEFAULT 0,
  connected       integer NOT NULL DEFAULT 0,
  failed          integer NOT NULL DEFAULT 0,
  canceled        integer NOT NULL DEFAULT 0,
  settings        jsonb NOT NULL,
  started_at      timestamptz NOT NULL,
  stopped_at      timestamptz,
  -- Counts the changes of the session, its calls and their items. A change is written only onto the version it was decided on.
  version         integer NOT NULL DEFAULT 0
);
-- An agent has at most one session that is not STOPPED.
CREATE UNIQUE INDEX sessions_one_open_per_agent ON sessions (agent_id) WHERE status <> 'STOPPED';
-- What an agent is doing, or did last.
CREATE INDEX sessions_agent ON sessions (agent_id, phase_since DESC);
CREATE INDEX sessions_wake ON sessions (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX sessions_started ON sessions (started_at DESC, id DESC);
CREATE INDEX sessions_queue ON sessions (queue_id);

CREATE TABLE queue_items (
  id                    uuid PRIMARY KEY,
  queue_id              uuid NOT NULL REFERENCES queues,
  lead_id               uuid NOT NULL REFERENCES leads,
  phone                 text NOT NULL,         -- the lead's, kept equal when it changes: the claim reads no leads to filter
  state                 text NOT NULL CHECK (state IN ('PENDING', 'CLAIMED', 'DONE', 'EXHAUSTED', 'SUPPRESSED')),
  priority              integer NOT NULL DEFAULT 0,
  score                 integer NOT NULL DEFAULT 0,  -- the lead's, as phone
  due_at                timestamptz NOT NULL,
  callback              boolean NOT NULL DEFAULT false,
  attempts              integer NOT NULL DEFAULT 0,
  attempts_by_outcome   jsonb NOT NULL DEFAULT '{}',
  last_outcome          text,
  held_reason           text,
  claimed_by_session_id uuid REFERENCES sessions,
  created_at            timestamptz NOT NULL,
  -- The place in a selection of leads or an import; breaks ties of created_at in the order people gave.
  position              integer NOT NULL DEFAULT 0,
  -- False while a try lies ahead (held, or due again later): keeps the item out of the claim's index. The claim turns it
  -- true once the item is due, so whoever else writes items need not know of it.
  ready                 boolean NOT NULL DEFAULT true,
  CHECK ((state = 'CLAIMED') = (claimed_by_session_id IS NOT NULL))
);
CREATE UNIQUE INDEX queue_items_lead_once ON queue_items (queue_id, lead_id);
-- P2: a lead in two queues is still called by one.
CREATE UNIQUE INDEX queue_items_one_claim_per_lead ON queue_items (lead_id) WHERE state = 'CLAIMED';
-- The claim walks this in its own order and stops at LIMIT. Items that are not due for hours are not in it: they would stand
-- in front, being the ones with the highest priority and score, and every claim would walk over all of them again.
CREATE INDEX queue_items_claim ON queue_items
  (queue_id, callback DESC, priority DESC, score DESC, due_at, created_at, position, id) WHERE state = 'PENDING' AND ready;
CREATE INDEX queue_items_not_ready ON queue_items (queue_id, due_at) WHERE state = 'PENDING' AND NOT ready;
CREATE INDEX queue_items_due ON queue_items (queue_id, due_at) WHERE state = 'PENDING';
CREATE INDEX queue_items_phone ON queue_items (phone) WHERE state = 'PENDING';
CREATE INDEX queue_items_lead ON queue_items (lead_id);

CREATE TABLE suppressions (
  phone       text PRIMARY KEY,
  reason      text NOT NULL,
  source      text NOT NULL CHECK (source IN ('agent', 'person', 'import')),
  created_at  timestamptz NOT NULL
);
CREATE INDEX suppressions_created ON suppressions (created_at DESC, phone);

CREATE TABLE calls (
  id                uuid PRIMARY KEY,
  session_id        uuid NOT NULL REFERENCES sessions,
  agent_id          uuid NOT NULL REFERENCES agents,
  queue_id          uuid NOT NULL REFERENCES queues,
  queue_item_id     uuid NOT NULL,             -- no foreign key: removing a lead from a queue keeps the history
  lead_id           uuid NOT NULL,             -- likewise
  lead_name         text NOT NULL DEFAULT '',  -- as it was when called, so that history outlives the lead
  phone             text NOT NULL,
  round             integer NOT NULL,
  attempt           integer NOT NULL,
  provider          text NOT NULL,
  provider_call_id  text,
  state             text NOT NULL CHECK (state IN ('QUEUED', 'DIALING', 'RINGING', 'IN_PROGRESS', 'COMPLETED')),
  placement         text CHECK (placement IN ('ASKED', 'ACCEPTED', 'UNKNOWN')),
  clearance         jsonb NOT NULL,            -- P8: why it was allowed, when decided, until when
  queued_at         timestamptz NOT NULL,
  place_at          timestamptz,               -- while QUEUED
  dialed_at         timestamptz,
  ringing_at        timestamptz,
  answered_at       timestamptz,
  answered_by       text CHECK (answered_by IN ('PERSON', 'MACHINE')),
  ended_at          timestamptz,
  deadline_at       timestamptz,               -- while live: then look it up
  checks            integer NOT NULL DEFAULT 0,
  winner            boolean NOT NULL DEFAULT false,
  cancel_reason     text,
  cancel_requested_at timestamptz,
  hang_up_at        timestamptz,               -- ask the provider to hang up, from then on
  hang_ups          integer NOT NULL DEFAULT 0,
  outcome           text,
  reason            text,
  talk_seconds      integer NOT NULL DEFAULT 0,
  disposition       text,                      -- the agent's, else (once COMPLETED) the outcome's
  notes             text,                      -- the agent's
  verdict_at        timestamptz,               -- when the agent saved theirs
  callback_at       timestamptz,               -- when the lead asked to be called back
  crm_state         text CHECK (crm_state IN ('PENDING', 'SYNCED', 'FAILED')),
  crm_revision      integer NOT NULL DEFAULT 0,
  crm_attempts      integer NOT NULL DEFAULT 0,
  crm_due_at        timestamptz,
  crm_error         text,
  crm_activity_id   text,
  CHECK ((state = 'COMPLETED') = (outcome IS NOT NULL)),
  CHECK ((state = 'COMPLETED') = (crm_state IS NOT NULL)),
  CHECK (state = 'COMPLETED' OR deadline_at IS NOT NULL)
);
-- P1: a number is never on two live calls, across all queues and sessions.
CREATE UNIQUE INDEX calls_one_live_per_phone ON calls (phone) WHERE state <> 'COMPLETED';
-- P2, seen from the call.
CREATE UNIQUE INDEX calls_one_live_per_item ON calls (queue_item_id) WHERE state <> 'COMPLETED';
-- P4: a round has at most one winner.
CREATE UNIQUE INDEX calls_one_winner_per_round ON calls (session_id, round) WHERE winner;
-- A provider's call is bound to one of ours.
CREATE UNIQUE INDEX calls_provider_call ON calls (provider, provider_call_id) WHERE provider_call_id IS NOT NULL;
CREATE INDEX calls_live_of_agent ON calls (agent_id) WHERE state <> 'COMPLETED';
CREATE INDEX calls_session ON calls (session_id, id);
CREATE INDEX calls_lead ON calls (lead_id, id DESC);
CREATE INDEX calls_place_at ON calls (place_at) WHERE state = 'QUEUED';
CREATE INDEX calls_deadline ON calls (deadline_at) WHERE state <> 'COMPLETED';
CREATE INDEX calls_hang_up ON calls (hang_up_at) WHERE hang_up_at IS NOT NULL AND state <> 'COMPLETED';
CREATE INDEX calls_crm_due ON calls (crm_due_at) WHERE crm_due_at IS NOT NULL;
CREATE INDEX calls_history ON calls (ended_at DESC, id DESC) WHERE state = 'COMPLETED';
CREATE INDEX calls_history_agent ON calls (agent_id, ended_at DESC, id DESC) WHERE state = 'COMPLETED';
CREATE INDEX calls_history_queue ON calls (queue_id, ended_at DESC, id DESC) WHERE state = 'COMPLETED';

CREATE TABLE provider_events (
  id           uuid PRIMARY KEY,
  provider     text NOT NULL,
  dedupe_key   text NOT NULL,
  payload      jsonb NOT NULL,
  received_at  timestamptz NOT NULL,
  state        text NOT NULL CHECK (state IN ('PENDING', 'PROCESSED', 'IGNORED', 'DEAD')),
  attempts     integer NOT NULL DEFAULT 0,
  due_at       timestamptz,
  note         text,
  call_id      uuid
);
-- P7: the same event twice is one row.
CREATE UNIQUE INDEX provider_events_once ON provider_events (provider, dedupe_key);
CREATE INDEX provider_events_due ON provider_events (due_at) WHERE state = 'PENDING';
CREATE INDEX provider_events_received ON provider_events (received_at);

-- What the agent handed over to a provider's own campaign (Aircall), one open hand-over per agent.
CREATE TABLE campaign_handovers (
  id          uuid PRIMARY KEY,
  agent_id    uuid NOT NULL REFERENCES agents,
  queue_id    uuid NOT NULL REFERENCES queues,
  provider    text NOT NULL,
  created_at  timestamptz NOT NULL,
  ended_at    timestamptz
);
CREATE UNIQUE INDEX campaign_handovers_open ON campaign_handovers (agent_id) WHERE ended_at IS NULL;

-- The numbers of a hand-over that is open; deleted with its end.
CREATE TABLE campaign_numbers (
  handover_id    uuid NOT NULL REFERENCES campaign_handovers,
  phone          text NOT NULL,
  lead_id        uuid NOT NULL,                -- no foreign keys: as in calls
  queue_item_id  uuid NOT NULL,
  lead_name      text NOT NULL,
  state          text NOT NULL CHECK (state IN ('WAITING', 'CALLED', 'REMOVED', 'REFUSED')),
  reason         text,                         -- why the provider refused it
  PRIMARY KEY (handover_id, phone)
);
-- P1 and P2: a number is in one campaign, across all agents and queues, and no session calls it meanwhile.
CREATE UNIQUE INDEX campaign_numbers_handed_over ON campaign_numbers (phone) WHERE state IN ('WAITING', 'CALLED');

CREATE TABLE imports (
  id              uuid PRIMARY KEY,
  file_name       text NOT NULL,
  state           text NOT NULL CHECK (state IN ('PENDING', 'RUNNING', 'DONE', 'FAILED')),
  options         jsonb NOT NULL,              -- mapping, default country, duplicates, queue
  content         text,                        -- the CSV, until the import is done
  rows_total      integer NOT NULL DEFAULT 0,
  rows_done       integer NOT NULL DEFAULT 0,
  created_leads   integer NOT NULL DEFAULT 0,
  updated_leads   integer NOT NULL DEFAULT 0,
  skipped_rows    integer NOT NULL DEFAULT 0,
  failed_rows     integer NOT NULL DEFAULT 0,
  error           text,
  created_at      timestamptz NOT NULL,
  due_at          timestamptz,                 -- lease of the worker; a dead worker's import becomes due again
  finished_at     timestamptz
);
CREATE INDEX imports_due ON imports (due_at) WHERE state IN ('PENDING', 'RUNNING');
CREATE INDEX imports_created ON imports (created_at DESC, id DESC);

CREATE TABLE import_row_errors (
  import_id  uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  line       integer NOT NULL,
  field      text,
  reason     text NOT NULL,
  PRIMARY KEY (import_id, line)
);

-- Every version is kept; the highest is in force.
CREATE TABLE settings_versions (
  version     integer PRIMARY KEY,
  value       jsonb NOT NULL,
  created_at  timestamptz NOT NULL
);

-- One row per day (UTC), agent and queue, written once the day is over.
CREATE TABLE daily_reports (
  day           date NOT NULL,
  agent_id      uuid NOT NULL,
  queue_id      uuid NOT NULL,
  attempted     integer NOT NULL,
  connected     integer NOT NULL,
  failed        integer NOT NULL,
  canceled      integer NOT NULL,
  by_outcome    jsonb NOT NULL,
  talk_seconds  integer NOT NULL,
  created_at    timestamptz NOT NULL,
  PRIMARY KEY (day, agent_id, queue_id)
);

-- Work that happens once per period, on one node: the row is claimed by moving its due time.
CREATE TABLE scheduled_work (
  name      text PRIMARY KEY,
  due_at    timestamptz NOT NULL,
  last_run  timestamptz,
  last_note text
);

-- The mock CRM keeps its own house; nothing else reads these two tables.
CREATE TABLE mock_crm_contacts (
  external_id      text PRIMARY KEY,           -- CRM-XXXXXXXX
  source_lead_id   uuid NOT NULL UNIQUE,
  name             text NOT NULL,
  phone            text NOT NULL,
  email            text,
  company          text,
  job_title        text,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE TABLE mock_crm_activities (
  id                   text PRIMARY KEY,       -- MOCK-XXXXXXXX
  source_activity_id   uuid NOT NULL UNIQUE,   -- the call's id: P6
  contact_external_id  text NOT NULL REFERENCES mock_crm_contacts,
  outcome              text NOT NULL,
  disposition          text NOT NULL,
  notes                text NOT NULL,
  agent_name           text NOT NULL,
  started_at           timestamptz NOT NULL,
  ended_at             timestamptz NOT NULL,
  talk_seconds         integer NOT NULL,
  created_at           timestamptz NOT NULL,
  updated_at           timestamptz NOT NULL
);
CREATE INDEX mock_crm_activities_contact ON mock_crm_activities (contact_external_id, created_at DESC);
CREATE INDEX mock_crm_activities_created ON mock_crm_activities (created_at DESC, id);
