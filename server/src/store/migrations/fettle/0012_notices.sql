-- Who is told elsewhere, of what, and what became of it. The body of a channel holds its secrets: it is read by what sends, and by nothing else.
CREATE TABLE channels (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL, -- "" for all tenants, in these three
  body TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE notice_routes (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  body TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE rotas (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  body TEXT NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE channel_buckets (
  channel TEXT PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  tokens REAL NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

-- A message to one channel. It is kept after it was sent, or given up, as long as the event log.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  key TEXT NOT NULL, -- the same for the same changes, however often they are sent: receivers tell by it
  channel TEXT NOT NULL,
  tenant TEXT NOT NULL,
  topic TEXT NOT NULL,
  message TEXT NOT NULL,
  tells TEXT NOT NULL,
  state TEXT NOT NULL, -- queued, sending, sent, skipped, dead
  attempts INTEGER NOT NULL,
  next_ms INTEGER NOT NULL, -- while it is sent: when it is taken for lost
  is_owed INTEGER NOT NULL, -- it may have arrived, or a person wants it: it is sent even if all of it is over
  answer TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  settled_ms INTEGER
) STRICT;
CREATE INDEX deliveries_due ON deliveries (channel, next_ms, id) WHERE state IN ('queued', 'sending');
CREATE INDEX deliveries_settled ON deliveries (settled_ms) WHERE settled_ms IS NOT NULL;

-- A row of the outbox for one channel, or for none ("") and why.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  round INTEGER NOT NULL, -- how often it was repeated before
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  tenant TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  channel TEXT NOT NULL,
  route TEXT NOT NULL,
  rota TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL, -- waiting, skipped, bundled
  why TEXT NOT NULL,
  delivery TEXT REFERENCES deliveries (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX notices_by_outbox ON notices (outbox);
CREATE INDEX notices_by_delivery ON notices (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX notices_by_subject ON notices (subject) WHERE state <> 'skipped';
CREATE INDEX notices_waiting ON notices (topic, id) WHERE state = 'waiting';

-- What goes into one message: when is the next one due, and which one is on its way?
CREATE TABLE notice_groups (
  topic TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  due_ms INTEGER,
  delivery TEXT,
  last_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_groups_due ON notice_groups (due_ms) WHERE due_ms IS NOT NULL AND delivery IS NULL;

-- Who knows that something is there, and has not been told that it is over.
CREATE TABLE notice_told (
  subject TEXT NOT NULL,
  channel TEXT NOT NULL,
  outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  route TEXT NOT NULL,
  rota TEXT NOT NULL,
  severity TEXT NOT NULL,
  rounds INTEGER NOT NULL,
  told_ms INTEGER NOT NULL,
  repeat_ms INTEGER,
  escalate_ms INTEGER,
  PRIMARY KEY (subject, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_told_by_outbox ON notice_told (outbox);
CREATE INDEX notice_told_repeat ON notice_told (repeat_ms) WHERE repeat_ms IS NOT NULL;
CREATE INDEX notice_told_escalate ON notice_told (escalate_ms) WHERE escalate_ms IS NOT NULL;

-- What a server without notices wrote is known in the console, and is not told late.
UPDATE outbox SET sent_ms = at_ms WHERE sent_ms IS NULL;
