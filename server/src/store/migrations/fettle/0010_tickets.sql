-- People open tickets too: about a device, or about none. The table is made anew, as SQLite takes a NOT NULL back in no other way; it has
-- all the columns that it had, and those that are new have defaults.
CREATE TABLE tickets_new (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  site TEXT NOT NULL,
  device TEXT REFERENCES devices (id) ON DELETE CASCADE,
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
  version INTEGER NOT NULL,
  requester TEXT,
  category TEXT,
  wait TEXT, -- JSON, as `wait` in Ticket
  merged_into TEXT,
  wont_fix_until_ms INTEGER,
  fires INTEGER NOT NULL DEFAULT 1,
  fires_noted_ms INTEGER
) STRICT;
INSERT INTO tickets_new (id, tenant, site, device, rule, instance, key, number, state, priority, subject, body, assignee, is_touched,
    created_ms, updated_ms, resolved_ms, reopened, reopened_ms, version)
  SELECT id, tenant, site, device, rule, instance, key, number, state, priority, subject, body, assignee, is_touched,
    created_ms, updated_ms, resolved_ms, reopened, reopened_ms, version FROM tickets;

-- `facts`: what of it concerns the clocks, as JSON; NULL in notes of before, and of a program that is one step behind.
CREATE TABLE ticket_notes_new (
  id INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets_new (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  what TEXT NOT NULL,
  text TEXT NOT NULL,
  is_internal INTEGER NOT NULL DEFAULT 0,
  facts TEXT
) STRICT;
INSERT INTO ticket_notes_new (id, ticket, at_ms, by, what, text)
  SELECT id, ticket, at_ms, by, what, text FROM ticket_notes;

DROP TABLE ticket_notes;
DROP TABLE tickets;
ALTER TABLE tickets_new RENAME TO tickets;
ALTER TABLE ticket_notes_new RENAME TO ticket_notes;
CREATE UNIQUE INDEX tickets_one_open_per_key ON tickets (key) WHERE state NOT IN ('resolved', 'closed');
CREATE UNIQUE INDEX tickets_by_number ON tickets (tenant, number);
CREATE INDEX tickets_by_key ON tickets (key, created_ms);
CREATE INDEX tickets_by_tenant ON tickets (tenant, created_ms, id);
CREATE INDEX tickets_by_device ON tickets (device) WHERE device IS NOT NULL;
CREATE INDEX ticket_notes_by_ticket ON ticket_notes (ticket, id);

-- What somebody has asked for stays when the device that it was about goes.
CREATE TRIGGER tickets_of_people_stay BEFORE DELETE ON devices BEGIN
  UPDATE tickets SET device = NULL WHERE device = OLD.id AND rule = '';
END;

CREATE TABLE ticket_links (
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  other TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  link TEXT NOT NULL,
  PRIMARY KEY (ticket, other, link)
) STRICT, WITHOUT ROWID;
CREATE INDEX ticket_links_by_other ON ticket_links (other);

CREATE TABLE ticket_times (
  id INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  minutes INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_times_by_ticket ON ticket_times (ticket);

-- What an alert was judged on when its ticket opened or reopened. Later firings change the alert, and not this.
CREATE TABLE ticket_evidence (
  id INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL REFERENCES tickets (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  alert TEXT NOT NULL,
  rule TEXT NOT NULL,
  rule_hash TEXT NOT NULL,
  severity TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  processes TEXT NOT NULL
) STRICT;
CREATE INDEX ticket_evidence_by_ticket ON ticket_evidence (ticket, id);
