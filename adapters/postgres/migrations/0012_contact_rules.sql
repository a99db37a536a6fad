-- Further numbers of a lead, in the order in which people prefer them; dialing goes to `leads.phone`, contact rules cover them all.
-- Several leads may share a number: a switchboard, a household.
CREATE TABLE lead_phones (
  lead_id uuid NOT NULL REFERENCES leads (id) ON DELETE CASCADE,
  phone text NOT NULL,
  label text,
  position integer NOT NULL,
  PRIMARY KEY (lead_id, phone)
);
CREATE INDEX lead_phones_phone ON lead_phones (phone);

-- What a call's disposition does to its person beyond the queue of the call: one row for each number that the person had. No foreign
-- key: the rule outlives the lead and the call. Changing the disposition replaces the rows of its call, so what another call set stays.
--   ends_everywhere  no queue calls the person
--   waits            no queue calls the person before `until`, except the call-back that was promised
--   suppress_number  the number is not theirs, and never dialed for any lead
--   suppress_person  the person asked not to be called, whatever number they have
CREATE TABLE contact_stops (
  call_id uuid NOT NULL,
  phone text NOT NULL,
  lead_id uuid NOT NULL,
  effect text NOT NULL CHECK (effect IN ('ends_everywhere', 'waits', 'suppress_number', 'suppress_person')),
  disposition text NOT NULL,
  until timestamptz CHECK ((until IS NOT NULL) = (effect = 'waits')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (call_id, phone)
);
CREATE INDEX contact_stops_phone ON contact_stops (phone);
CREATE INDEX contact_stops_lead ON contact_stops (lead_id);

-- `number`: not the person's, so it holds whoever would be dialed there; `person`: also holds people who have it beside another number.
-- `call_id`: the call whose disposition put it there, which changing the disposition takes back.
ALTER TABLE suppressions
  ADD COLUMN scope text NOT NULL DEFAULT 'person' CHECK (scope IN ('number', 'person')),
  ADD COLUMN call_id uuid;
CREATE INDEX suppressions_call ON suppressions (call_id) WHERE call_id IS NOT NULL;

-- The call whose disposition finished this place in a queue although it was a call of another one.
ALTER TABLE queue_items ADD COLUMN stopped_by_call_id uuid;

-- The gap between calls to a number and the calls of its day. Live calls need no entry: a number is on one at a time.
CREATE INDEX calls_of_number ON calls (phone, ended_at DESC) INCLUDE (dialed_at)
  WHERE state = 'COMPLETED' AND dialed_at IS NOT NULL;
-- A person's promised call-backs, and a queue's.
CREATE INDEX queue_items_callbacks ON queue_items (queue_id, due_at) WHERE callback AND state = 'PENDING';
