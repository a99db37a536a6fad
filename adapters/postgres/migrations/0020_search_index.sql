-- What a search finds, by an inverted index of built-in parts: no extension has to be there, and none has to be allowed. It is filled
-- a moment later by a job (`fillSearchIndex`), so that whoever writes leads, calls and audit entries pays nothing for it but a note of
-- what changed; a search looks at what the job has not reached by itself.

-- Every three letters that follow one another, and the last two and the last one: a word of three letters and more lies only where all
-- its threes do, and one of two or one where a three begins so. In pieces of 200 letters, as reaching a letter of UTF-8 text takes a
-- walk from its beginning. Without `jit`: compiling it took 15 ms a row, and it runs in 0.06 ms.
CREATE FUNCTION search_grams(texts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT SET jit = off
RETURN array_to_tsvector(ARRAY(
  SELECT substr(piece, at, 3)
  FROM unnest(texts) AS given (text),
    generate_series(1, length(given.text), 200) AS start,
    substr(given.text, start, 202) AS piece,
    generate_series(1, least(200, length(piece))) AS at));

-- Of a text as `plain_text` makes it; null where nothing is left of it. Forty threes tell any text apart.
CREATE FUNCTION search_query(plain text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN (
  SELECT string_agg(
    '''' || replace(replace(substr(plain, at, 3), '\', '\\'), '''', '''''') || CASE WHEN length(plain) < 3 THEN ''':*' ELSE '''' END,
    ' & ')::tsquery
  FROM generate_series(1, CASE WHEN length(plain) < 3 THEN least(1, length(plain)) ELSE least(40, length(plain) - 2) END) AS at);

-- One row for each lead, and for each that is gone and has calls. No foreign key, as the leads' writers wait for nothing here.
CREATE TABLE lead_search (
  lead_id uuid PRIMARY KEY,
  -- Plain texts: the lead's name and number, now and as it was called.
  names text[] NOT NULL,
  -- Plain texts: company and e-mail.
  details text[] NOT NULL,
  -- Whether `names` has more than the lead has now.
  former boolean NOT NULL
);
CREATE INDEX lead_search_names ON lead_search USING gin (search_grams(names)) WITH (fastupdate = off);
CREATE INDEX lead_search_details ON lead_search USING gin (search_grams(details)) WITH (fastupdate = off);
-- Few, and looked up whenever calls are deleted.
CREATE INDEX lead_search_former ON lead_search (lead_id) WHERE former;

-- Leads that `lead_search` does not have as they are. `before`: plain texts that a call may still carry.
CREATE TABLE lead_search_queue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lead_ids uuid[] NOT NULL,
  before text[] NOT NULL DEFAULT '{}'
);

-- Entries up to its highest number are in it.
CREATE TABLE audit_search (
  seq bigint PRIMARY KEY,
  texts text[] NOT NULL
);
CREATE INDEX audit_search_texts ON audit_search USING gin (search_grams(texts)) WITH (fastupdate = off);

-- 200 a row: a step of the job takes whole rows, and holds up the embedded database meanwhile.
CREATE FUNCTION note_new_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lead_search_queue (lead_ids)
  SELECT array_agg(id) FROM (SELECT id, (row_number() OVER () - 1) / 200 AS part FROM new_leads) leads GROUP BY part;
  RETURN NULL;
END $$;
CREATE TRIGGER leads_search_new AFTER INSERT ON leads REFERENCING NEW TABLE AS new_leads
  FOR EACH STATEMENT EXECUTE FUNCTION note_new_leads();

CREATE FUNCTION note_changed_lead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.erased_at IS NULL THEN
    INSERT INTO lead_search_queue (lead_ids, before) VALUES (ARRAY[NEW.id], ARRAY[plain_text(OLD.name), OLD.phone]);
  ELSE
    -- Nothing of an erased person stays, here neither.
    DELETE FROM lead_search_queue WHERE lead_ids = ARRAY[NEW.id];
    DELETE FROM lead_search WHERE lead_id = NEW.id;
    INSERT INTO lead_search_queue (lead_ids) VALUES (ARRAY[NEW.id]);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER leads_search_changed AFTER UPDATE ON leads FOR EACH ROW
  WHEN ((OLD.name, OLD.phone, OLD.company, OLD.email) IS DISTINCT FROM (NEW.name, NEW.phone, NEW.company, NEW.email))
  EXECUTE FUNCTION note_changed_lead();

-- What its calls carry is found again by the job.
CREATE FUNCTION note_gone_leads() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM lead_search_queue q USING gone WHERE q.lead_ids = ARRAY[gone.id];
  DELETE FROM lead_search s USING gone WHERE s.lead_id = gone.id;
  INSERT INTO lead_search_queue (lead_ids)
  SELECT array_agg(id) FROM (SELECT id, (row_number() OVER () - 1) / 200 AS part FROM gone) leads GROUP BY part;
  RETURN NULL;
END $$;
CREATE TRIGGER leads_search_gone AFTER DELETE ON leads REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION note_gone_leads();

-- An erased person's calls; nothing else changes these two.
CREATE FUNCTION note_changed_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM lead_search_queue WHERE lead_ids = ARRAY[NEW.lead_id];
  DELETE FROM lead_search WHERE lead_id = NEW.lead_id;
  INSERT INTO lead_search_queue (lead_ids) VALUES (ARRAY[NEW.lead_id]);
  RETURN NULL;
END $$;
CREATE TRIGGER calls_search_changed AFTER UPDATE OF lead_name, phone ON calls FOR EACH ROW
  WHEN ((OLD.lead_name, OLD.phone) IS DISTINCT FROM (NEW.lead_name, NEW.phone))
  EXECUTE FUNCTION note_changed_call();

-- A name that only deleted calls carried is kept no longer than they are.
CREATE FUNCTION note_gone_calls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH found AS (
    DELETE FROM lead_search s USING (SELECT DISTINCT lead_id FROM gone) g
    WHERE s.lead_id = g.lead_id AND s.former RETURNING s.lead_id
  )
  INSERT INTO lead_search_queue (lead_ids)
  SELECT array_agg(lead_id) FROM (SELECT lead_id, (row_number() OVER () - 1) / 200 AS part FROM found) leads GROUP BY part;
  RETURN NULL;
END $$;
CREATE TRIGGER calls_search_gone AFTER DELETE ON calls REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION note_gone_calls();

-- What is there already; the job reaches it in minutes, and until then a search looks at it by itself, as before.
INSERT INTO lead_search_queue (lead_ids)
SELECT array_agg(id) FROM (
  SELECT id, (row_number() OVER () - 1) / 200 AS part FROM (SELECT id FROM leads UNION SELECT lead_id FROM calls) known
) leads GROUP BY part;
