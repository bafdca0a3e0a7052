case $1 in
remove)
  stop_units
  if [ -e "$DATA/fettle.db" ]; then say "its data and backups stay in $DATA; a purge deletes them."; fi
  ;;
upgrade | deconfigure | failed-upgrade) stop_units ;;
esac
