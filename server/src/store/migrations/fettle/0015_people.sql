-- Roles beside the owner's, each for some tenants. Older programs let none of them in: they know owners only.
-- readable by: 8
ALTER TABLE people ADD COLUMN disabled_ms INTEGER;
CREATE UNIQUE INDEX people_by_name ON people (name COLLATE NOCASE);

CREATE TABLE person_tenants (
  person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  PRIMARY KEY (person, tenant)
) STRICT, WITHOUT ROWID;

-- JSON {role, tenants} of a token that may less than its person; null: as much. Such a token stands under "scoped:" and its hash, where
-- an older program does not find it: it would take it for its person's.
ALTER TABLE api_tokens ADD COLUMN scope TEXT;
