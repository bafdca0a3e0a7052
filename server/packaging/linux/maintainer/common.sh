# What the scripts of .deb and .rpm share: the build puts this in front of each of them, with UNITS, what systemd starts by itself.
DATA=/var/lib/fettle-server
CONFIG=/etc/fettle
NAME=fettle-server

say() { echo "$NAME: $*" >&2; }

# Whoever has the name already gets everybody's data, so it must be the server's own, kept from an earlier installation.
refuse_taken_name() {
  if ! getent passwd "$NAME" >/dev/null; then return 0; fi
  uid=$(getent passwd "$NAME" | cut -d: -f3)
  home=$(getent passwd "$NAME" | cut -d: -f6)
  if [ "$uid" -gt 0 ] && [ "$uid" -lt 1000 ] && [ "$home" = "$DATA" ]; then return 0; fi
  say "the user \"$NAME\" (uid $uid, home $home) is somebody else's, and the server needs that name. Nothing was changed."
  say "Rename it: usermod --login OTHER $NAME"
  return 1
}

make_user() {
  if getent passwd "$NAME" >/dev/null; then return 0; fi
  if getent group "$NAME" >/dev/null; then set -- --gid "$NAME"; else set -- --user-group; fi
  useradd --system --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin --comment 'Fettle server' "$@" "$NAME"
}

is_booted() { [ -d /run/systemd/system ]; }

# also in a chroot, where an image is made
enable_units() {
  if command -v systemctl >/dev/null; then
    for unit in $UNITS; do systemctl --quiet enable "$unit"; done
  fi
}

start_units() {
  if ! [ -e "$DATA/fettle.db" ]; then
    say "installed. To make a server: fettle-server init --public-url https://…, then: systemctl start fettle-server"
  fi
  if ! is_booted; then return 0; fi
  systemctl --quiet daemon-reload
  for unit in $UNITS; do
    if systemctl --quiet is-enabled "$unit"; then systemctl --no-block start "$unit" || say "$unit could not be started"; fi
  done
}

# Before its files change: the server loads some of them when it needs them.
stop_units() {
  if ! is_booted; then return 0; fi
  for unit in $UNITS; do systemctl --quiet stop "$unit" || say "$unit could not be stopped"; done
}

forget_links() {
  for unit in $UNITS; do rm -f /etc/systemd/system/*.wants/"$unit"; done
}
