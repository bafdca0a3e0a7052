case $1 in
remove)
  stop_units
  forget_kernel_log
  tell_undelivered '; a purge deletes them.'
  ;;
upgrade | deconfigure | failed-upgrade) stop_units ;;
esac
