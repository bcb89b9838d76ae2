#!/usr/bin/env bash
# Runs the whole fault suite (docs/reliability.md), also what is too long for every run of eng/test.sh. Needs the same programs; as root on Debian it installs them.
#
#   bash eng/faults.sh [--no-install]
#
# Ends with the date, the duration and one line "N passed, N failed, N skipped". Exit code 0 only when everything ran and passed; where CI=true nothing may be skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
began=$SECONDS
bash eng/test.sh "$@" --faults
status=$?
echo "fault suite: $(date -u +%F), $((SECONDS - began)) s with the build"
exit $status
