-- As in fettle.db: what the last record was, "" where it is not known.
ALTER TABLE metric_marks ADD COLUMN hash TEXT NOT NULL DEFAULT '';

-- About when a set was last used, to the day: one that no batch uses any more can go. 0 is not known.
ALTER TABLE series_sets ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0;
UPDATE series_sets SET used_ms = unixepoch() * 1000;
CREATE INDEX series_sets_by_use ON series_sets (used_ms);
