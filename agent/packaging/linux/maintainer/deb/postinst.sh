case $1 in
configure)
  make_user
  install -d -o fettle -g fettle -m 0750 "$DATA"
  # what an administrator has set since stays
  if [ -z "$2" ]; then
    chown root:fettle "$CONFIG/agent.toml"
    chmod 0640 "$CONFIG/agent.toml"
    enable_units
  fi
  start_units
  ;;
abort-upgrade | abort-remove | abort-deconfigure) start_units ;;
esac
