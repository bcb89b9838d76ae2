#!/bin/sh
# Makes one token for each program that talks to the bucket, with the one right that it needs, and leaves it in that program's directory.
# A token that InfluxDB does not know (its volume is new) is replaced. A database "traffic" for InfluxQL needs no mapping: InfluxDB 2.7 maps
# the bucket of that name by itself.
set -eu
umask 077
directory=${SECRETS_DIRECTORY:-/secrets}
INFLUX_TOKEN=$(cat "$directory/influxdb/admin-token")
export INFLUX_TOKEN

bucket=$(influx bucket list --name "$INFLUX_BUCKET" --hide-headers | cut -f 1)
[ -n "$bucket" ] || { echo "there is no bucket $INFLUX_BUCKET" >&2; exit 1; }
known=$(influx auth list --json)

# grant PROGRAM OWNER RIGHT
grant() {
  file=$directory/$1/influx-token
  if [ -s "$file" ] && printf %s "$known" | grep -qF "\"$(cat "$file")\""; then
    echo "$1 keeps its token"
    return
  fi

  token=$(influx auth create --description "$1" "$3" "$bucket" --json | sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
  [ -n "$token" ] || { echo "no token for $1" >&2; exit 1; }
  printf %s "$token" > "$file.new"
  [ "${OWNERS:-yes}" = no ] || chown "$2" "$file.new"
  mv "$file.new" "$file"
  echo "$1 has a new token"
}

grant trafficcore 1654:1654 --write-bucket
grant grafana 472:0 --read-bucket
