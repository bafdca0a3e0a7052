#!/bin/sh
# Takes the agent off this Mac: sudo /opt/fettle/uninstall.sh [--purge]
# Without --purge its settings, its identity and what it has not sent yet stay in /Library/Application Support/Fettle.
set -eu
PATH=/usr/bin:/bin:/usr/sbin:/sbin
export PATH
label=com.fettle.agent

case "${1:-}" in
'' | --purge) ;;
*)
    echo 'usage: sudo /opt/fettle/uninstall.sh [--purge]' >&2
    exit 2
    ;;
esac
if [ "$(id -u)" != 0 ]; then
    echo 'Only root may do this: put sudo before it.' >&2
    exit 1
fi

launchctl bootout "system/$label" 2>/dev/null || true
tries=20
while launchctl print "system/$label" >/dev/null 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then
        echo 'The running agent did not stop within 20 s: nothing was removed. Restart this Mac and try again.' >&2
        exit 1
    fi
    sleep 1
done
rm -f "/Library/LaunchDaemons/$label.plist" /private/etc/paths.d/fettle
rm -rf /opt/fettle
pkgutil --forget "$label" >/dev/null 2>&1 || true
if [ "${1:-}" = --purge ]; then
    rm -rf '/Library/Application Support/Fettle' /Library/Logs/Fettle
    echo 'Fettle is gone.'
else
    echo 'Fettle is gone. Its settings and its identity stay in /Library/Application Support/Fettle.'
fi
