-- Calls whose outcome the CRM is not told of (setting crm.records) wait for nothing: NOT_LOGGED. What the CRM should have and has not is
-- a small part of all calls, and stays in an index of its own; calls that are not logged are many, and stay out of it.
ALTER TABLE calls DROP CONSTRAINT calls_crm_state_check;
ALTER TABLE calls ADD CONSTRAINT calls_crm_state_check CHECK (crm_state IN ('PENDING', 'SYNCED', 'FAILED', 'NOT_LOGGED'))
  NOT VALID; -- it allows more than the one before, so the rows that are there need no look, and no lock while they are looked at
DROP INDEX calls_crm_missing;
CREATE INDEX calls_crm_missing ON calls (ended_at DESC, id DESC) WHERE crm_state IN ('PENDING', 'FAILED');
