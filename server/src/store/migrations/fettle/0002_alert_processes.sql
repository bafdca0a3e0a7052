-- What used most CPU and memory when an alert about either fired: JSON, as `processes` in Alert.
ALTER TABLE alerts ADD COLUMN processes TEXT NOT NULL DEFAULT '[]';
