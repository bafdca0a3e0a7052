case $1 in
configure)
  make_user
  install -d -o "$NAME" -g "$NAME" -m 0700 "$DATA"
  # what an administrator has set since stays
  if [ -z "$2" ]; then
    chown "root:$NAME" "$CONFIG/server.toml"
    chmod 0640 "$CONFIG/server.toml"
    enable_units
  fi
  start_units
  ;;
abort-upgrade | abort-remove | abort-deconfigure) start_units ;;
esac
