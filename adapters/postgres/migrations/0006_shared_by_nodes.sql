-- Where an import failed last for a reason of ours: rows_done at that time. A second failure at the same row ends it, whichever
-- node met which.
ALTER TABLE imports ADD COLUMN stuck_at integer;

-- What goes wrong with the mock CRM on purpose, on all nodes; no row: nothing.
CREATE TABLE mock_crm_faults (
  only_row          boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  down              boolean NOT NULL,
  fail_rate         double precision NOT NULL,
  lose_answer_rate  double precision NOT NULL
);
