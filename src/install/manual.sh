#!/usr/bin/env bash
# usage: manual.sh PROGRAM VERSION FOLDER    (by the build)
# Writes flatsweep.1.gz and flatsweep-COMMAND.1.gz to FOLDER, from what PROGRAM says by --help.
set -euo pipefail
program=$1 version=$2 folder=$3
notes=$(dirname "${BASH_SOURCE[0]}")/manual.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$folder"

# write_page NAME SUMMARY [COMMAND]
write_page() {
  # help2man names a page by what it runs, and knows a synopsis by a capital letter.
  printf '#!/bin/sh\n"%s" %s "$@" | sed "s/^usage:/Usage:/"\n' "$program" "${3-}" >"$scratch/$1"
  chmod +x "$scratch/$1"
  help2man --no-info --source "flatsweep $version" --version-string "$version" --name "$2" --include "$notes" \
    "$scratch/$1" | gzip -9n >"$folder/$1.1.gz"
}

commands=$("$program" --help | sed -n 's/^  \([a-z]\+\)  \+\(.*\)/\1 \2/p')
while read -r command summary; do
  write_page "flatsweep-$command" "$summary" "$command"
done <<<"$commands"
# Last: the build looks for it.
write_page flatsweep "sweeps of flattest interpolators, and their results"
