-- Things without an agent, which the agent of another device looks after. They go with it.
ALTER TABLE devices ADD COLUMN watched_by TEXT REFERENCES devices (id) ON DELETE CASCADE;
CREATE INDEX devices_by_watcher ON devices (watched_by) WHERE watched_by IS NOT NULL;
