# $1: how many versions are left
if [ "$1" -eq 0 ]; then
  stop_units
  forget_kernel_log
  tell_undelivered '.'
fi
