if [ "$1" -eq 0 ]; then
  forget_links
  rm -rf /run/fettle-smart
  if is_booted; then systemctl --quiet daemon-reload || true; fi
fi
