-- Calendars and terms come in editions, each in force from a moment on: what was counted under an old one stays as it was counted.
CREATE TABLE calendars (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (tenant, name)
) STRICT;

CREATE TABLE calendar_editions (
  calendar TEXT NOT NULL REFERENCES calendars (id) ON DELETE CASCADE,
  from_ms INTEGER NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY (calendar, from_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE sla_terms (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  version INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  terms TEXT NOT NULL,
  PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

-- Which stages have been told: each once per ticket, clock and round.
CREATE TABLE sla_stages (
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  clock TEXT NOT NULL,
  round INTEGER NOT NULL,
  stage TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  told_ms INTEGER NOT NULL,
  is_late INTEGER NOT NULL,
  PRIMARY KEY (ticket, clock, round, stage)
) STRICT, WITHOUT ROWID;

-- Of tickets whose clocks go on, when they are due. Follows from the tickets' history, and is made anew from it.
CREATE TABLE sla_due (
  ticket TEXT PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  response_ms INTEGER,
  resolution_ms INTEGER,
  next_due_ms INTEGER,
  next_stage_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX sla_due_by_time ON sla_due (next_due_ms) WHERE next_due_ms IS NOT NULL;
