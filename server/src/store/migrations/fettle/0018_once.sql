-- Requests that were answered, so that the same one again makes nothing twice. Older programs leave them alone.
-- readable by: 17
CREATE TABLE once_keys (
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  asked TEXT NOT NULL, -- a hash of what was asked for
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE, -- that came of it
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_keys_by_time ON once_keys (at_ms);
CREATE INDEX once_keys_by_ticket ON once_keys (ticket);
