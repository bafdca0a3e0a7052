# refuses before a file is touched
refuse_older() {
  if ! dpkg --compare-versions "$1" gt "$VERSION"; then return 0; fi
  say "version $1 is installed, and $VERSION is older: it may not understand what that one keeps. Nothing was changed."
  say "To go back all the same: make a backup (fettle-server backup), dpkg --remove $NAME, then install $VERSION and restore."
  return 1
}

case $1 in
install) refuse_taken_name ;;
upgrade)
  refuse_taken_name
  refuse_older "$2"
  ;;
esac
