#!/bin/busybox sh
# The guest's only program: loads the drivers, then does what comes in by the second serial line and tells how it ended.
/bin/busybox --install -s /bin
export PATH=/bin:/usr/sbin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
mount -t tmpfs none /run
# one device after the other, so that each disk has the same name at every boot
echo 0 >/sys/bus/pci/drivers_autoprobe
for module in $(cat /modules/order); do insmod "/modules/$module"; done
for device in /sys/bus/pci/devices/*; do echo "${device##*/}" >/sys/bus/pci/drivers_probe; done
for disk in nvme0n1 nvme1n1 sda sdb; do
  until [ -b "/dev/$disk" ]; do sleep 0.1; done
done
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
echo '@ready' >&3
while read -r line <&3; do
  sh -c "$line" >/run/answer </dev/null 2>/dev/console
  code=$?
  cat /run/answer >&3
  printf '\n@end %d\n' "$code" >&3
done
