# Sourced by checks that need another system: a root of Debian, made by debootstrap, with this tree in it as /srv/flatsweep.

# enter_namespace CHECK ARGUMENTS...: goes on as root, in a user namespace if need be; else says why it does not and exits.
enter_namespace() {
  local check=$1
  shift
  if [[ $(id -u) -ne 0 ]]; then
    # debootstrap makes device files as root; in a container it binds those that are there.
    if unshare --map-auto --map-root-user --mount true 2>/dev/null; then
      container=lxc exec unshare --map-auto --map-root-user --mount "$source_dir/tests/checks/$check" "$@"
    fi
    echo "$check: not run: debootstrap takes root, or a user namespace with a range of user ids (newuidmap, /etc/subuid)" >&2
    exit 2
  fi
  command -v debootstrap >/dev/null ||
    { echo "$check: not run: there is no debootstrap. Type: apt-get install debootstrap" >&2; exit 2; }
}

# make_root SUITE FOLDER [MIRROR, this machine's own or Debian's]: sets `root`. One that is there is taken, and what was built in it.
make_root() {
  local suite=$1 mirror=${3-}
  root=$2
  [[ -n $mirror ]] ||
    mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 2>/dev/null | grep -v security | head -n 1)
  if [[ ! -e $root/etc/debian_version || -e $root/debootstrap ]]; then
    rm -rf "$root"
    mkdir -p "$root"
    quietly "making a root of Debian $suite" debootstrap --variant=minbase --include=ca-certificates \
      "$suite" "$root" "${mirror:-http://deb.debian.org/debian}"
  fi
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc" # Slurm looks its host up

  # Not below /root, which only root may enter.
  local copy=$root/srv/flatsweep
  mkdir -p "$copy"
  find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git -C "$source_dir" ls-files -z --cached --others --exclude-standard |
    (cd "$source_dir" && xargs -0 ls -d 2>/dev/null | tar -c -T -) | tar -x -C "$copy"
}

# inside COMMAND...: in the tree in `root`; file systems and processes end with it.
inside() {
  # shellcheck disable=SC2016 # expanded there
  unshare --mount --pid --fork --kill-child bash -euc '
    mount -t proc proc "$0/proc"
    mount --rbind /sys "$0/sys"
    mount --rbind /dev "$0/dev"
    exec chroot "$0" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "cd /srv/flatsweep && $1"' \
    "$root" "$*" </dev/null
}
