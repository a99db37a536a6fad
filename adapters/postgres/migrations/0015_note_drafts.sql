-- The note that an agent is writing, kept while they write it, so that no reload, crash or countdown loses a word. It is on the call
-- and not in a table of its own: it is read with every call, erased with it, and an autosave stays one statement. Newer than the
-- disposition (`verdict_at`) it is the call's note; a saved disposition takes it in and empties it.
ALTER TABLE calls
  ADD COLUMN note_draft text,
  ADD COLUMN note_draft_at timestamptz,
  -- Counts what was written into the note, so that two devices do not overwrite each other.
  ADD COLUMN note_revision integer NOT NULL DEFAULT 0,
  -- The requests that saved a disposition last: one that comes again, as its answer was lost, is known.
  ADD COLUMN disposition_request_ids uuid[] NOT NULL DEFAULT '{}';
