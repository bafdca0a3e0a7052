#!/bin/sh
# Does what comes in by the second serial line and tells how it ended.
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
echo '@ready' >&3
while read -r line <&3; do
  sh -c "$line" >/run/answer </dev/null 2>/dev/console
  code=$?
  cat /run/answer >&3
  printf '\n@end %d\n' "$code" >&3
done
