-- The audit trail is a chain: each hash is over the one before and all entries since it. Entries of before, and those of a program
-- that is one step behind, have none: the next entry with a hash covers them.
ALTER TABLE audit ADD COLUMN hash TEXT;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is not changed');
END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'nothing is taken out of the audit trail');
END;
CREATE INDEX audit_sealed ON audit (seq) WHERE hash IS NOT NULL;

-- What people are to be told of elsewhere (mail, chat, webhook). It goes with its event.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE, -- the same for the same change, however often it is told
  event INTEGER NOT NULL UNIQUE REFERENCES events (seq) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  tenant TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  sent_ms INTEGER
) STRICT;
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_ms IS NULL;
