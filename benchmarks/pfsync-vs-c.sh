#!/bin/sh
# pfHA's receive path beside the C baseline, on one processor, by turns: medians and ratios.
#
#   benchmarks/pfsync-vs-c.sh BASELINE.c [PAIRS [STATES [UPDATES]]]
#
# Build first: mvn -q -pl examples -am -DskipTests package
# CPU=n picks the processor, JAVA_OPTS replaces the Java options, CPU_TIME=1 rates both by
# processor time, for machines that have other work to do.
set -eu
baseline=$1
pairs=${2:-5}
states=${3:-500000}
updates=${4:-2000000}
cpu=${CPU:-1}
# One processor makes the JVM choose the serial collector; G1 puts large arrays at page borders.
options=${JAVA_OPTS:--Xms2g -Xmx2g -XX:+UseG1GC -XX:+UseTransparentHugePages -XX:+AlwaysPreTouch}
here=$(cd "$(dirname "$0")/.." && pwd)
jar=$here/examples/target/pfha.jar
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rate=
cp "$baseline" "$work/baseline.c"
if [ -n "${CPU_TIME:-}" ]; then
  rate=--cpu-time
  sed -i 's/CLOCK_MONOTONIC/CLOCK_THREAD_CPUTIME_ID/' "$work/baseline.c"
fi
cc -O2 -march=native -o "$work/baseline" "$work/baseline.c"
"$work/baseline" gen "$work/corpus" "$states" "$updates"
pair=0
while [ "$pair" -lt "$pairs" ]; do
  taskset -c "$cpu" "$work/baseline" run "$work/corpus" 3 | tail -n 3 >>"$work/c"
  # shellcheck disable=SC2086
  taskset -c "$cpu" java $options -jar "$jar" bench pfsync $rate "$work/corpus" 10 |
    tail -n 3 >>"$work/java"
  pair=$((pair + 1))
done
median() {
  awk -v phase="$2" '$3 == phase { print $6, $8 }' "$1" | sort -n |
    awk '{ v[NR] = $1; s = $2 } END { print v[int((NR + 1) / 2)], s }'
}
for phase in INS UPD_C DEL_C; do
  echo "$phase $(median "$work/c" "$phase") $(median "$work/java" "$phase")"
done | awk '{
  printf "%-5s  C %7.3f Mmsg/s %-14s  pfHA %7.3f Mmsg/s %-14s  ratio %.2f\n", $1, $2, $3, $4, $5, $4 / $2
}'
