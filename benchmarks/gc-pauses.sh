#!/bin/sh
# How long the collector stops an application beside a full state table, and beside an empty one:
# p99 of the pauses in the collector's log, by turns, and the median of all turns.
#
#   benchmarks/gc-pauses.sh [TURNS [STATES]]
#
# Build first: mvn -q -pl examples -am -DskipTests package
# JAVA_OPTS replaces the Java options; a small young generation makes many pauses.
set -eu
turns=${1:-3}
states=${2:-1000000}
options=${JAVA_OPTS:--Xms2g -Xmx2g -Xmn64m -XX:+UseG1GC -XX:+AlwaysPreTouch}
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
    pauses "$work/gc.$count.$turn" | awk -v states="$count" -v p99s="$work/p99.$count" '{
      v[NR] = $1
    } END {
      i = int(NR * 0.99 + 0.999)
      printf "%8d states: %d pauses, median %.2f ms, p99 %.2f ms, longest %.2f ms\n",
        states, NR, v[int((NR + 1) / 2)], v[i], v[NR]
      print v[i] >>p99s
    }'
  done
  turn=$((turn + 1))
done
median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}
empty=$(median "$work/p99.0")
full=$(median "$work/p99.$states")
awk -v empty="$empty" -v full="$full" -v states="$states" 'BEGIN {
  printf "median p99: empty %.2f ms, %d states %.2f ms, difference %.2f ms\n",
    empty, states, full, full - empty
}'
