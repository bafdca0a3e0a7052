-- What the last record was, beside its number: after a restore or a rollback two sides may count alike and mean other records.
-- "" is not known. A program that is one step behind leaves an old hash beside its marks: that agent begins a new epoch once, and nothing is lost.
ALTER TABLE alert_marks ADD COLUMN hash TEXT NOT NULL DEFAULT '';
