if [ "$1" -eq 1 ]; then enable_units; fi
