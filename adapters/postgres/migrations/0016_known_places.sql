-- From where people have signed in before: networks, and browsers by a token that only they have. Each has a count of failed
-- sign-ins of its own, so that guesses from anywhere else cannot keep an account's owner out.
CREATE TABLE known_places (
  user_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  -- 'network:<address or IPv6 network>' or 'device:<SHA-256 of the browser's token, base64url>'
  place     text NOT NULL,
  last_at   timestamptz NOT NULL,
  PRIMARY KEY (user_id, place)
);
CREATE INDEX known_places_last ON known_places (last_at);
