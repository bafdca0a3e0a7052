-- Alerts that other systems tell us: who may, and what they call them.
CREATE TABLE ingest_tokens (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  site TEXT NOT NULL REFERENCES sites (id),
  name TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE alert_labels (
  alert TEXT PRIMARY KEY REFERENCES alerts (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL
) STRICT;
