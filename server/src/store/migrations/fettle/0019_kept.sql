-- Where another system shows an alert that it told, and messages that were given up, without reading all of them. Older programs leave both alone.
-- readable by: 17
ALTER TABLE alert_labels ADD COLUMN link TEXT; -- as it was told: not to be followed unseen
CREATE INDEX deliveries_dead ON deliveries (settled_ms) WHERE state = 'dead';

-- What has been over for long enough to go, and what does not get where it should.
CREATE INDEX alerts_by_end ON alerts (resolved_ms) WHERE state = 'resolved';
CREATE INDEX external_tickets_failing ON external_tickets (tenant) WHERE failures >= 5;
