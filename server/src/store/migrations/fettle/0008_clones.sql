-- Machines that were given a copy of the disk of another, and with it its key.
ALTER TABLE devices ADD COLUMN clone_of TEXT REFERENCES devices (id) ON DELETE SET NULL;
CREATE INDEX devices_by_original ON devices (clone_of) WHERE clone_of IS NOT NULL;
