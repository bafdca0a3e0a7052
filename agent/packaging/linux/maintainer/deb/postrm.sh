case $1 in
remove)
  rm -rf /run/fettle-smart
  if is_booted; then systemctl --quiet daemon-reload || true; fi
  ;;
purge)
  forget_links
  rm -rf "$DATA" "$CONFIG/agent.d"
  rm -f "$CONFIG/agent.toml" "$CONFIG/managed.toml"
  # the server has its settings there too
  if [ -d "$CONFIG" ]; then rmdir --ignore-fail-on-non-empty "$CONFIG"; fi
  ;;
esac
