#!/bin/sh
# How long the collector stops an application beside a full state table, and beside an empty one:
# p99 of the pauses in the collector's log, by turns.
#
#   benchmarks/gc-pauses.sh [TURNS [STATES]]
#
# Build first: mvn -q -pl examples -am -DskipTests package
# JAVA_OPTS replaces the Java options.
set -eu
turns=${1:-3}
states=${2:-1000000}
options=${JAVA_OPTS:--Xms2g -Xmx2g -XX:+UseG1GC}
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
# Pauses of a log in milliseconds, least first.
pauses() {
  sed -n 's/.* Pause .* \([0-9.]*\)ms$/\1/p' "$1" | sort -n
}
turn=0
while [ "$turn" -lt "$turns" ]; do
  for count in 0 "$states"; do
    # shellcheck disable=SC2086
    java $options -Xlog:gc:file="$work/gc.$count.$turn" -jar "$here/examples/target/pfha.jar" \
      bench pauses "$count"
    pauses "$work/gc.$count.$turn" | awk -v states="$count" '{ v[NR] = $1; sum += $1 } END {
      i = int(NR * 0.99 + 0.999); if (i < 1) i = 1
      printf "%8d states: %d pauses, median %.2f ms, p99 %.2f ms, longest %.2f ms, all %.0f ms\n",
        states, NR, v[int((NR + 1) / 2)], v[i], v[NR], sum }'
    pauses "$work/gc.$count.$turn" >>"$work/all.$count"
  done
  turn=$((turn + 1))
done
p99() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { i = int(NR * 0.99 + 0.999); print v[i < 1 ? 1 : i] }'
}
empty=$(p99 "$work/all.0")
full=$(p99 "$work/all.$states")
echo "p99 of all turns: empty $empty ms, $states states $full ms, difference $(awk "BEGIN { print $full - $empty }") ms"
