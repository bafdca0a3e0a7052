-- Times are milliseconds since 1970, UTC. Tenant and site stand on every row that belongs to one.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE tenants (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  ticket_prefix TEXT NOT NULL UNIQUE,
  next_ticket INTEGER NOT NULL
) STRICT;

CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL
) STRICT;

CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  site TEXT NOT NULL REFERENCES sites (id),
  public_key TEXT NOT NULL UNIQUE,
  hostname TEXT NOT NULL,
  os TEXT NOT NULL,
  class TEXT NOT NULL,
  agent_version TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  booted_ms INTEGER,
  enrolled_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  presence TEXT NOT NULL,
  presence_since_ms INTEGER NOT NULL,
  goodbye TEXT,
  clock_offset_ms INTEGER NOT NULL,
  lost_records INTEGER NOT NULL,
  capabilities TEXT NOT NULL,
  inventory TEXT
) STRICT;
CREATE INDEX devices_by_tenant ON devices (tenant, hostname, id);

-- The last record of the alerts lane that has taken effect; the metrics lane's mark is in metrics.db, with its rows.
CREATE TABLE alert_marks (
  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT;

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  site TEXT NOT NULL,
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  instance TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  resolved_ms INTEGER,
  reason TEXT NOT NULL,
  occurrences INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  rule_hash TEXT NOT NULL,
  ticket TEXT,
  acked_by TEXT
) STRICT;
CREATE UNIQUE INDEX alerts_one_open_per_key ON alerts (key) WHERE state <> 'resolved';
CREATE INDEX alerts_by_key ON alerts (key, updated_ms);
CREATE INDEX alerts_by_tenant ON alerts (tenant, since_ms, id);
CREATE INDEX alerts_by_device ON alerts (device, state);
CREATE INDEX alerts_by_ticket ON alerts (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE tickets (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  site TEXT NOT NULL,
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  instance TEXT NOT NULL,
  key TEXT NOT NULL,
  number TEXT NOT NULL,
  state TEXT NOT NULL,
  priority TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  assignee TEXT,
  is_touched INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  resolved_ms INTEGER,
  reopened INTEGER NOT NULL,
  reopened_ms TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tickets_one_open_per_key ON tickets (key) WHERE state NOT IN ('resolved', 'closed');
CREATE UNIQUE INDEX tickets_by_number ON tickets (tenant, number);
CREATE INDEX tickets_by_key ON tickets (key, created_ms);
CREATE INDEX tickets_by_tenant ON tickets (tenant, created_ms, id);

CREATE TABLE ticket_notes (
  id INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  what TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX ticket_notes_by_ticket ON ticket_notes (ticket, id);

CREATE TABLE timers (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_ms);

-- The feed's log: what consoles resume from.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE INDEX events_by_time ON events (at_ms);

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

-- Secrets are kept as SHA-256 only.
CREATE TABLE enroll_tokens (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  site TEXT NOT NULL REFERENCES sites (id),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  max_uses INTEGER NOT NULL,
  uses INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE login_links (
  hash TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  used_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE api_tokens (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
