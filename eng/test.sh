#!/usr/bin/env bash
# Installs what the tests need (Debian), builds in Release without warnings, runs every test project and
# ends with one line "N passed, N failed, N skipped". Exit code 0 only when everything built, ran and passed.
#
#   bash eng/test.sh                 all tests, of the fault suite a part (docs/reliability.md)
#   bash eng/test.sh --no-install    do not touch the system's packages
#   bash eng/test.sh --faults        the fault suite, whole, and nothing else; eng/faults.sh
#
# With CI=true a missing server is a failure; elsewhere its tests are skipped and say so.
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

install=true
projects=(tests/TrafficCore.Tests tests/TrafficCore.IntegrationTests)
filter='Faults!=Whole'
for option in "$@"; do
  case "$option" in
    --no-install) install=false ;;
    --faults) projects=(tests/TrafficCore.IntegrationTests) filter='FullyQualifiedName~IntegrationTests.Faults.' ;;
    *) echo "unknown option $option"; exit 2 ;;
  esac
done

needed() {
  local missing=()
  command -v mosquitto >/dev/null || [ -x /usr/sbin/mosquitto ] || missing+=(mosquitto)
  command -v mosquitto_pub >/dev/null || missing+=(mosquitto-clients)
  [ -e /usr/lib/python3/dist-packages/paho/mqtt/client.py ] || missing+=(python3-paho-mqtt)
  command -v paho_c_pub >/dev/null || missing+=(paho.mqtt.c-examples)
  command -v influxd >/dev/null || missing+=(influxdb)
  command -v victoria-metrics >/dev/null || missing+=(victoria-metrics)
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  command -v npm >/dev/null || missing+=(npm)
  [ -e /usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 ] || missing+=(libfaketime)
  { command -v ip >/dev/null || [ -x /usr/sbin/ip ]; } || missing+=(iproute2)
  { command -v nft >/dev/null || [ -x /usr/sbin/nft ]; } || missing+=(nftables)
  command -v docker-compose >/dev/null || missing+=(docker-compose)
  command -v chromium >/dev/null || missing+=(chromium)
  printf '%s\n' ${missing[@]+"${missing[@]}"}
}

install_needed() {
  mapfile -t packages < <(needed)
  [ "${#packages[@]}" -gt 0 ] && [ -n "${packages[0]}" ] || return 0
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "not installed (needs Debian and root): ${packages[*]}; tests that need them are skipped"
    return 0
  fi
  echo "installing: ${packages[*]}"
  # The tests start every server themselves; a packaged service must not start beside them.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  local log; log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } > "$log" 2>&1; then
    tail -n 20 "$log"
    [ "${CI:-}" = true ] && return 1
  fi
  return 0
}

if $install && ! install_needed; then
  echo "a needed server could not be installed"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

if ! dotnet build -c Release TrafficCore.sln -v quiet; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

count() { grep -oE "^ *$2: *[0-9]+" "$1" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }

passed=0 failed=0 skipped=0
for project in "${projects[@]}"; do
  log=$(mktemp)
  dotnet test -c Release --no-build "$project" --filter "$filter" --logger "console;verbosity=normal" 2>&1 | tee "$log" | grep -vE '^ *Passed [A-Z]'
  status=${PIPESTATUS[0]}
  p=$(count "$log" Passed) f=$(count "$log" Failed) s=$(count "$log" Skipped)
  rm -f "$log"
  # A run that ended badly without naming a failed test (a crash, no test found) is one failure.
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
