#!/usr/bin/env bash
# Real nodes beside UCarp and keepalived, in network namespaces: failover, jitter, load, silence.
# Needs root, an idle machine of two cores or more, about 40 minutes, and a built
# examples/target/pfha.jar. Writes one JSON file and one text file each into the directory given.
#
#   benchmarks/live.sh [DIRECTORY] [RUNS]
set -euo pipefail
cd "$(dirname "$0")/.."

results=${1:-live-results}
runs=${2:-40}
mkdir -p "$results"

measure() {
  local name=$1
  shift
  echo "== $name: pfha measure $* ($(date -u +%H:%M:%S))"
  java -jar examples/target/pfha.jar measure "$@" --out "$results/$name.json" | tee "$results/$name.txt"
}

measure failover failover --runs "$runs"
measure start failover --runs 5 --only pfha-subsecond
measure jitter-idle jitter --period 60
measure load load --vips 1,50,200 --period 30

# With the default collector and compilers, in the same JVM as two spinning threads and 200 MB/s of garbage.
measure jitter-pressure jitter --period 60 --only pfha-carp --pressure 2,200 --jvm -Xmx512m
measure jitter-realtime jitter --period 60 --only pfha-carp --pressure 2,200 --jvm -Xmx512m --realtime 10
measure silence silence --period 600 --pressure 2,200 --jvm -Xmx512m || echo "silence: a node took over too early"
