# What the scripts of .deb and .rpm share: the build puts this in front of each of them, with UNITS, what systemd starts by itself.
DATA=/var/lib/fettle
CONFIG=/etc/fettle
KERNEL_LOG=/dev/kmsg
# an administrator's file of the same name in /etc/systemd/system comes before what is here
DROP_INS=/usr/lib/systemd/system/fettle-agent.service.d

say() { echo "fettle-agent: $*" >&2; }

# 1: name, 2: getent's table, 3: the line's field
field() { getent "$2" "$1" | cut -d: -f"$3"; }

# Whoever has the name already gets the agent's key and settings, so it must be the agent's own, kept from an earlier installation.
refuse_taken_name() {
  if getent passwd fettle >/dev/null; then
    uid=$(field fettle passwd 3)
    home=$(field fettle passwd 6)
    if [ "$uid" -eq 0 ] || [ "$uid" -ge 1000 ] || [ "$home" != "$DATA" ]; then
      say "the user \"fettle\" (uid $uid, home $home) is somebody else's, and the agent needs that name. Nothing was changed."
      say "Rename it (usermod --login NAME fettle), or, if it is meant for the agent: usermod --uid N --home $DATA fettle, N below 1000."
      return 1
    fi
  elif getent group fettle >/dev/null; then
    gid=$(field fettle group 3)
    members=$(field fettle group 4)
    if [ "$gid" -ge 1000 ] || [ -n "$members" ]; then
      say "the group \"fettle\" (gid $gid, members: ${members:-none}) is somebody else's, and the agent needs that name. Nothing was changed."
      say "Rename it: groupmod --new-name NAME fettle"
      return 1
    fi
  fi
}

make_user() {
  if getent passwd fettle >/dev/null; then return 0; fi
  if getent group fettle >/dev/null; then set -- --gid fettle; else set -- --user-group; fi
  useradd --system --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin --comment 'Fettle agent' "$@" fettle
}

is_booted() { [ -d /run/systemd/system ]; }

# also in a chroot, where an image is made
enable_units() {
  if command -v systemctl >/dev/null; then
    for unit in $UNITS; do systemctl --quiet enable "$unit"; done
  fi
}

is_set_up() {
  [ -s "$DATA/identity.json" ] || grep -Eqs '^[[:space:]]*(url|token_file)[[:space:]]*=' "$CONFIG/agent.toml" "$CONFIG/managed.toml"
}

# As `fettle-agent service install` does. Where not even root can open it, as in containers, a unit that asks for it does not start.
pass_kernel_log() {
  if [ -c "$KERNEL_LOG" ] && (: <"$KERNEL_LOG") 2>/dev/null; then
    install -d -m 0755 "$DROP_INS"
    printf '[Service]\nStandardInput=file:%s\n' "$KERNEL_LOG" >"$DROP_INS/kernel-log.conf"
    chmod 0644 "$DROP_INS/kernel-log.conf"
  else
    forget_kernel_log
  fi
}

forget_kernel_log() {
  rm -f "$DROP_INS/kernel-log.conf"
  if [ -d "$DROP_INS" ]; then rmdir --ignore-fail-on-non-empty "$DROP_INS"; fi
}

# Not waited for: a server that cannot be reached is no reason to fail an installation.
start_units() {
  if is_booted; then
    pass_kernel_log
    systemctl --quiet daemon-reload
  fi
  if ! is_set_up; then
    say "installed. To make this machine a device: fettle-agent enroll --server URL --token-file FILE, then: systemctl start fettle-agent"
    return 0
  fi
  if ! is_booted; then return 0; fi
  for unit in $UNITS; do
    if systemctl --quiet is-enabled "$unit"; then systemctl --no-block start "$unit" || say "$unit could not be started"; fi
  done
}

# Before its files change: the agent loads some of them when it needs them.
stop_units() {
  if ! is_booted; then return 0; fi
  for unit in $UNITS; do systemctl --quiet stop "$unit" || say "$unit could not be stopped"; done
}

tell_undelivered() {
  if ! [ -d "$DATA/spool" ]; then return 0; fi
  waiting=$(fettle-agent status 2>/dev/null | sed -n 's/^waiting to be sent  *//p') || waiting=
  case $waiting in '' | '0 alert records, 0 batches') return 0 ;; esac
  say "not delivered yet: $waiting. They stay in $DATA/spool with the device's key, for when the agent is installed again$1"
}

forget_links() {
  for unit in $UNITS; do rm -f /etc/systemd/system/*.wants/"$unit"; done
}
