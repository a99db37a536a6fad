-- How many numbers each agent has put on the suppression list by hand since `since`: a limit that parallel requests cannot pass.
CREATE TABLE suppression_shares (
  actor_id text PRIMARY KEY,
  since timestamptz NOT NULL,
  numbers integer NOT NULL
);
