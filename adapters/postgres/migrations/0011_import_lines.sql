-- A file on its way to leads is kept in pieces of whole rows, as JSON: [[line, [cell, …]], …]. 48 MB in one value held everything else
-- up while it was written, and each worker had to read it from its beginning. `content` of imports is not written any more.
CREATE TABLE import_chunks (
  import_id  uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  number     integer NOT NULL,            -- from 0
  first_row  integer NOT NULL,            -- rows of the file before it
  content    text NOT NULL,
  PRIMARY KEY (import_id, number)
);
-- Each piece is written and read once, then deleted: compressing it would cost more than it saves.
ALTER TABLE import_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

-- What became of a line; one that became a lead without any remark is not here. A line may have several remarks.
CREATE TABLE import_lines (
  import_id  uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  line       integer NOT NULL,
  position   smallint NOT NULL,
  fate       text NOT NULL CHECK (fate IN ('created', 'updated', 'skipped', 'suppressed', 'refused')),
  code       text NOT NULL,
  field      text,
  reason     text NOT NULL,
  phones     text[] NOT NULL DEFAULT '{}', -- E.164, as far as they could be read: by these a person is found
  cells      text,                        -- the whole row as JSON, with the first remark
  PRIMARY KEY (import_id, line, position)
);
INSERT INTO import_lines (import_id, line, position, fate, code, field, reason)
  SELECT import_id, line, 0, 'refused', 'refused', field, reason FROM import_row_errors;

ALTER TABLE imports
  ADD COLUMN suppressed_rows integer NOT NULL DEFAULT 0,
  ADD COLUMN incomplete_rows integer NOT NULL DEFAULT 0,
  -- False while the file is being taken in: a server that dies then leaves an import that cannot be finished.
  ADD COLUMN complete boolean NOT NULL DEFAULT true,
  -- Says which columns the file had, so that the mapping can be offered for the next file of the kind.
  ADD COLUMN columns_key text;
CREATE INDEX imports_columns ON imports (columns_key, created_at DESC) WHERE columns_key IS NOT NULL;
UPDATE imports SET state = 'FAILED', content = NULL, due_at = NULL, finished_at = now(),
    error = 'The server was upgraded while this import ran. The rows counted here are leads; import the file again for the others.'
  WHERE state IN ('PENDING', 'RUNNING');

-- Two more indexes in no order cost an import a third of its speed, for a question that is asked a few times a month. While numbers and
-- addresses are readable, a person is found by leads_phone, and by reading the hashes of all leads for an address (0.2 s a million).
-- A deployment that makes the fields unreadable creates these two again; the hashes are there.
DROP INDEX leads_phone_hash;
DROP INDEX leads_email_hash;
