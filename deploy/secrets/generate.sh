#!/bin/sh
# Makes the secrets that are not there yet. One directory for each program, of mode 700, owned by the user that its container runs as.
# SECRETS_DIRECTORY is where; OWNERS=no leaves the owners alone, where nobody is root.
set -eu
umask 077
directory=${SECRETS_DIRECTORY:-/secrets}

# 256 random bits as 64 hexadecimal digits. Written beside and renamed: half a secret is never seen.
secret() {
  [ -s "$1" ] && return
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > "$1.new"
  mv "$1.new" "$1"
}

owner() {
  [ "${OWNERS:-yes}" = no ] || chown -R "$2" "$directory/$1"
}

# Every container sees this directory, and only its own inside.
chmod 711 "$directory"
mkdir -p "$directory/influxdb" "$directory/grafana" "$directory/trafficcore"
secret "$directory/influxdb/admin-password"
secret "$directory/influxdb/admin-token"
secret "$directory/grafana/admin-password"
owner influxdb 1000:1000
owner grafana 472:0
owner trafficcore 1654:1654
