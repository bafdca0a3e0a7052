-- How many tickets a device has, and whether anything of a ticket still stands, without reading all that ever was.
CREATE INDEX tickets_of_device_by_time ON tickets (device, created_ms) WHERE device IS NOT NULL;
CREATE INDEX alerts_open_by_ticket ON alerts (ticket) WHERE ticket IS NOT NULL AND state <> 'resolved';
