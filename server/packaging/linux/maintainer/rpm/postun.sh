if [ "$1" -eq 0 ]; then
  forget_links
  if is_booted; then systemctl --quiet daemon-reload || true; fi
fi
