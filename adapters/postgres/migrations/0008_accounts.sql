-- Who may come in. Passwords and tokens are stored as hashes only.
CREATE TABLE users (
  id                    uuid PRIMARY KEY,
  email                 text NOT NULL,
  name                  text NOT NULL,
  role                  text NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
  -- The agent as whom this person takes calls; null: they take none.
  agent_id              uuid REFERENCES agents,
  password_hash         text NOT NULL,          -- argon2id, with its parameters (PHC string)
  -- Somebody else chose the password: the person chooses their own before anything else.
  must_change_password  boolean NOT NULL DEFAULT false,
  totp_secret           text,                   -- sealed; while totp_since is null it is not confirmed yet
  totp_since            timestamptz,
  totp_last_step        bigint,                 -- a code counts once (RFC 6238, section 5.2)
  created_at            timestamptz NOT NULL,
  last_signed_in_at     timestamptz,
  disabled_at           timestamptz
);
CREATE UNIQUE INDEX users_email ON users (lower(email));
CREATE UNIQUE INDEX users_agent ON users (agent_id);

CREATE TABLE recovery_codes (
  user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash  bytea NOT NULL,
  used_at    timestamptz,
  PRIMARY KEY (user_id, code_hash)
);

-- One row for each time that somebody signed in: the family of its refresh tokens. Access tokens name it, so that they end with it.
CREATE TABLE sign_ins (
  id             uuid PRIMARY KEY,
  user_id        uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  started_at     timestamptz NOT NULL,
  last_used_at   timestamptz NOT NULL,
  address        text NOT NULL,
  user_agent     text,
  ended_at       timestamptz,
  ended_because  text CHECK (ended_because IN
    ('signed_out', 'signed_out_everywhere', 'token_used_twice', 'password_changed', 'user_changed', 'expired')),
  CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX sign_ins_user ON sign_ins (user_id, started_at DESC);

CREATE TABLE refresh_tokens (
  token_hash  bytea PRIMARY KEY,
  sign_in_id  uuid NOT NULL REFERENCES sign_ins ON DELETE CASCADE,
  issued_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz
);
CREATE INDEX refresh_tokens_sign_in ON refresh_tokens (sign_in_id);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
-- Of each sign-in at most one token is good.
CREATE UNIQUE INDEX refresh_tokens_one_unused ON refresh_tokens (sign_in_id) WHERE used_at IS NULL;

-- Failed sign-ins in a row, of an account (by the address that was typed, existing or not) and of a network address.
CREATE TABLE sign_in_failures (
  subject         text PRIMARY KEY,             -- 'account:<keyed hash of the e-mail>' or 'address:<ip>'
  failures        integer NOT NULL,
  last_failed_at  timestamptz NOT NULL,
  locked_until    timestamptz
);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_failed_at);

CREATE TABLE api_keys (
  id            uuid PRIMARY KEY,
  name          text NOT NULL,
  -- The first characters, by which people recognise a key.
  prefix        text NOT NULL,
  key_hash      bytea NOT NULL UNIQUE,
  permissions   text[] NOT NULL,
  created_by    uuid NOT NULL REFERENCES users,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz,
  last_used_at  timestamptz,
  revoked_at    timestamptz
);
CREATE UNIQUE INDEX api_keys_name ON api_keys (lower(name)) WHERE revoked_at IS NULL;

-- Credentials of providers and the CRM, sealed with AES-256-GCM; the name is bound in as associated data.
CREATE TABLE secrets (
  name        text PRIMARY KEY,
  sealed      text NOT NULL,
  key_id      text NOT NULL,
  updated_at  timestamptz NOT NULL,
  updated_by  uuid REFERENCES users
);

-- Append-only and hash-chained: each row's hash is a keyed one over every column and the hash before. Numbered without gaps.
CREATE TABLE audit_log (
  seq          bigint PRIMARY KEY,
  at           timestamptz NOT NULL,
  actor_kind   text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'nobody', 'system')),
  actor_id     uuid,
  actor_name   text NOT NULL,
  action       text NOT NULL,
  target_kind  text,
  target_id    text,
  address      text,
  request_id   text,
  -- json and not jsonb: it keeps the text to the letter, and the hash is over the text.
  details      json NOT NULL,
  prev_hash    bytea NOT NULL,
  hash         bytea NOT NULL
);
-- Several nodes' clocks differ by a little, so the order by time is not quite that by number.
CREATE INDEX audit_log_at ON audit_log (at DESC, seq DESC);
CREATE INDEX audit_log_action ON audit_log (action, at DESC, seq DESC);
CREATE INDEX audit_log_actor ON audit_log (actor_id, at DESC, seq DESC);
CREATE INDEX audit_log_target ON audit_log (target_id, at DESC, seq DESC);

-- One row: where the log ends, sealed with the same key, so that rows cut off its end are missed. Whoever appends locks it.
CREATE TABLE audit_head (
  id    integer PRIMARY KEY CHECK (id = 1),
  seq   bigint NOT NULL,
  hash  bytea NOT NULL,
  seal  bytea NOT NULL
);
INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, 0, decode(repeat('00', 32), 'hex'), '');

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only.';
END
$$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head
  FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- A restricted queue is worked, and its leads are seen, by these agents only.
ALTER TABLE queues ADD COLUMN restricted boolean NOT NULL DEFAULT false;
CREATE TABLE queue_agents (
  queue_id  uuid NOT NULL REFERENCES queues ON DELETE CASCADE,
  agent_id  uuid NOT NULL REFERENCES agents,
  PRIMARY KEY (queue_id, agent_id)
);
CREATE INDEX queue_agents_agent ON queue_agents (agent_id);
-- The queues that everybody may work are few among the selections of leads, which are queues too.
CREATE INDEX queues_for_everybody ON queues (id) WHERE NOT restricted AND archived_at IS NULL;
-- Whom an agent called is read from the index alone, for the leads that they may see; as before it has the order of the history.
DROP INDEX calls_history_agent;
CREATE INDEX calls_history_agent ON calls (agent_id, ended_at DESC, id DESC) INCLUDE (lead_id) WHERE state = 'COMPLETED';
-- A selection of leads belongs to the agent who works through it.
UPDATE queues SET restricted = true WHERE ad_hoc;
INSERT INTO queue_agents (queue_id, agent_id)
  SELECT DISTINCT s.queue_id, s.agent_id FROM sessions s JOIN queues q ON q.id = s.queue_id WHERE q.ad_hoc;
