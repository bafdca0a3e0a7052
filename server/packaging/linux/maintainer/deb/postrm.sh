case $1 in
remove)
  if is_booted; then systemctl --quiet daemon-reload || true; fi
  ;;
purge)
  forget_links
  rm -rf "$DATA"
  rm -f "$CONFIG/server.toml"
  # the agent has its settings there too
  if [ -d "$CONFIG" ]; then rmdir --ignore-fail-on-non-empty "$CONFIG"; fi
  ;;
esac
