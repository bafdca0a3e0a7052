-- Tickets that are kept in another ticket system, too. Older programs leave both tables alone; this one goes on where it was.
-- readable by: 8
CREATE TABLE external_systems (
  tenant TEXT PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  kind TEXT NOT NULL, -- none: not any more
  settings TEXT NOT NULL, -- JSON; of a secret only where its file lies
  since_ms INTEGER NOT NULL -- older tickets stay here
) STRICT;

CREATE TABLE external_tickets (
  ticket TEXT PRIMARY KEY REFERENCES tickets (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  external_id TEXT, -- null: not known to be there
  told_version INTEGER NOT NULL,
  told_note INTEGER NOT NULL, -- the last of ticket_notes that is there
  told_state TEXT NOT NULL, -- ours, as it was last told there
  heard_mark TEXT NOT NULL, -- the last of theirs that came here
  heard_state TEXT NOT NULL,
  looked_ms INTEGER NOT NULL,
  failures INTEGER NOT NULL, -- one after the other
  retry_ms INTEGER NOT NULL,
  problem TEXT NOT NULL
) STRICT;
CREATE INDEX external_tickets_by_look ON external_tickets (tenant, looked_ms);
