-- readable by: 8
-- Changes of rules, by where they hold: level is tenant, site, tag or device, place its id. The document is JSON.
CREATE TABLE rule_overrides (
  tenant TEXT NOT NULL REFERENCES tenants (id),
  level TEXT NOT NULL,
  place TEXT NOT NULL,
  rule TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  author TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (tenant, level, place, rule)
) STRICT, WITHOUT ROWID;

-- All that each has been; document is null where it was taken back. The greatest seq says which rules are in force.
CREATE TABLE rule_versions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL REFERENCES tenants (id),
  level TEXT NOT NULL,
  place TEXT NOT NULL,
  rule TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT,
  author TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX rule_versions_by_place ON rule_versions (tenant, rule, level, place, version);
CREATE TRIGGER rule_overrides_go AFTER DELETE ON devices BEGIN
  DELETE FROM rule_overrides WHERE tenant = old.tenant AND level = 'device' AND place = old.id;
END;
