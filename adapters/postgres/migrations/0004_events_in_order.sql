-- What the provider calls the call that an event is about; null where it says none. Events of one call are applied in the
-- order in which they came: those that were stored before this migration have none, and are applied as they are found.
ALTER TABLE provider_events ADD COLUMN call_key text;

-- Whether an earlier event of the same call is still untried is asked by every write that settles events.
CREATE INDEX provider_events_untried ON provider_events (provider, call_key, received_at, id)
  WHERE state = 'PENDING' AND attempts = 0 AND call_key IS NOT NULL;
