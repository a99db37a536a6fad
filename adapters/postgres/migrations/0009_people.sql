-- People are findable by a keyed hash of their number (E.164) and e-mail address (trimmed, lower case): a deployment can then keep
-- the fields themselves unreadable. null: not filled in yet (apps/server fills them in the background).
ALTER TABLE leads ADD COLUMN phone_hash bytea, ADD COLUMN email_hash bytea, ADD COLUMN erased_at timestamptz;
CREATE INDEX leads_phone_hash ON leads (phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX leads_email_hash ON leads (email_hash) WHERE email_hash IS NOT NULL;
-- What is left to fill in; empty nearly always.
CREATE INDEX leads_not_hashed ON leads (id)
  WHERE erased_at IS NULL AND (phone_hash IS NULL OR (email IS NOT NULL AND email_hash IS NULL));

-- A hash is right or it is not there, also while a node of an older release, which knows nothing of hashes, changes leads.
CREATE FUNCTION leads_forget_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.phone IS DISTINCT FROM OLD.phone AND NEW.phone_hash IS NOT DISTINCT FROM OLD.phone_hash THEN
    NEW.phone_hash := NULL;
  END IF;
  IF NEW.email IS DISTINCT FROM OLD.email AND NEW.email_hash IS NOT DISTINCT FROM OLD.email_hash THEN
    NEW.email_hash := NULL;
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER leads_hash_follows BEFORE UPDATE OF phone, email ON leads FOR EACH ROW
  WHEN (NEW.phone IS DISTINCT FROM OLD.phone OR NEW.email IS DISTINCT FROM OLD.email)
  EXECUTE FUNCTION leads_forget_hash();

-- A person who was erased has this in place of a number, followed by the lead's id. No provider is ever asked for it: a live call and
-- a waiting item cannot have it. NOT VALID: the rows that are there cannot have it either, and need not be read.
ALTER TABLE calls ADD CONSTRAINT calls_never_dial_erased
  CHECK (state = 'COMPLETED' OR phone NOT LIKE 'erased:%') NOT VALID;
ALTER TABLE queue_items ADD CONSTRAINT queue_items_never_call_erased
  CHECK (state NOT IN ('PENDING', 'CLAIMED') OR phone NOT LIKE 'erased:%') NOT VALID;
