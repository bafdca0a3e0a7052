#!/bin/busybox sh
# Loads the drivers of the disk and hands over to the system on it.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
for module in $(cat /modules/order); do insmod "/modules/$module"; done
until [ -b /dev/vda ]; do sleep 0.1; done
mount -t ext4 /dev/vda /root
umount /sys /proc
mount -o move /dev /root/dev
exec switch_root /root /sbin/init
