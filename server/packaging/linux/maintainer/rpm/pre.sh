# $1: how many versions there will be
refuse_taken_name
make_user
if [ "$1" -gt 1 ]; then stop_units; fi
