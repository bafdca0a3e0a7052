case $1 in
remove)
  stop_units
  tell_undelivered '; a purge deletes them.'
  ;;
upgrade | deconfigure | failed-upgrade) stop_units ;;
esac
