-- Calls that the dialer did not place, as the provider reports them: dialed by hand, or by the provider's own campaign. They count for the
-- gap between calls to a number and the calls of its day. Kept for 8 days: the gap is 7 days at most.
-- `ended_at` null: not over, as far as is known.
CREATE TABLE outside_calls (
  provider text NOT NULL,
  provider_call_id text NOT NULL,
  phone text NOT NULL,
  dialed_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (provider, provider_call_id)
);
CREATE INDEX outside_calls_phone ON outside_calls (phone, dialed_at DESC);
CREATE INDEX outside_calls_dialed ON outside_calls (dialed_at);

-- Call-backs that were promised and whose time is over, for the daily clean-up.
CREATE INDEX contact_stops_until ON contact_stops (until) WHERE until IS NOT NULL;
