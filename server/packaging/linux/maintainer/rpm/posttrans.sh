# when the old version's files are gone, too
start_units
