-- Events that were given up: counted at each scrape of the metrics, shown newest first, and replayed, on a table that holds
-- several rows for each call there ever was.
CREATE INDEX provider_events_dead ON provider_events (received_at DESC, id DESC) WHERE state = 'DEAD';
