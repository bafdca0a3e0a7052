-- Whether people are told of an alert, and if not, why and until when.
ALTER TABLE alerts ADD COLUMN assignee TEXT;
ALTER TABLE alerts ADD COLUMN heard TEXT NOT NULL DEFAULT 'fired';
ALTER TABLE alerts ADD COLUMN hush_why TEXT;
ALTER TABLE alerts ADD COLUMN hush_by TEXT;
ALTER TABLE alerts ADD COLUMN hush_until_ms INTEGER;
-- When it fired of late, and whether it is held open because of that: JSON, as in Alert.
ALTER TABLE alerts ADD COLUMN fires TEXT NOT NULL DEFAULT '[]';
ALTER TABLE alerts ADD COLUMN flapping TEXT;
ALTER TABLE alerts ADD COLUMN is_first INTEGER NOT NULL DEFAULT 0;
CREATE INDEX alerts_hushed_by ON alerts (hush_by) WHERE hush_by IS NOT NULL;
CREATE INDEX alerts_open_by_rule ON alerts (device, rule) WHERE state <> 'resolved';
CREATE INDEX alerts_open_by_site ON alerts (site, rule) WHERE state <> 'resolved';

-- Problems that nobody wants to hear of until a date.
CREATE TABLE mutes (
  key TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  by TEXT NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- JSON, as `MaintenanceWindow` has it.
CREATE TABLE maintenance (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX maintenance_by_tenant ON maintenance (tenant, until_ms);

-- JSON: what a person says of the device (critical, vip, shared, always-on).
ALTER TABLE devices ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
-- A site, as what alerts about all of it are about.
ALTER TABLE devices ADD COLUMN is_place INTEGER NOT NULL DEFAULT 0;
CREATE INDEX devices_by_site ON devices (site);
