#!/usr/bin/env bash
# tests/check.sh NAME [ARGUMENTS]: runs tests/checks/NAME. Without a name it lists them.
set -euo pipefail

checks=$(dirname "${BASH_SOURCE[0]}")/checks
if [[ $# -gt 0 && -x $checks/$1 ]]; then exec "$checks/$1" "${@:2}"; fi
[[ $# -eq 0 ]] || echo "check.sh: there is no check $1" >&2
for check in "$checks"/*; do
  printf '%-12s %s\n' "$(basename "$check")" "$(sed -n '2s/^# //p' "$check")"
done
[[ $# -eq 0 ]] || exit 2
