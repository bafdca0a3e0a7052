# $1: how many versions are left
if [ "$1" -eq 0 ]; then
  stop_units
  if [ -e "$DATA/fettle.db" ]; then say "its data and backups stay in $DATA."; fi
fi
