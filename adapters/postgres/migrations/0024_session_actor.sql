-- Who paused or stopped a session by hand: a user or an API key, with the name as it was then. null: the dialer did, or an older
-- release that did not keep it.
ALTER TABLE sessions ADD COLUMN actor_id uuid, ADD COLUMN actor_name text,
  ADD CONSTRAINT sessions_actor CHECK ((actor_id IS NULL) = (actor_name IS NULL));
