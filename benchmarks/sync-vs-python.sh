#!/bin/sh
# pfHA's whole configuration sync over TLS, applied and verified, beside Python's xmlrpc.client and
# xmlrpc.server moving the same values over plain HTTP.
#
#   benchmarks/sync-vs-python.sh [PUSHES [RULES [ALIASES]]]
#
# Build first: mvn -q -pl examples -am -DskipTests -Dmaven.javadoc.skip=true package
# JAVA_OPTS replaces the options of both JVMs.
set -eu
pushes=${1:-3}
rules=${2:-10000}
aliases=${3:-5000}
options=${JAVA_OPTS:--Xmx256m}
here=$(cd "$(dirname "$0")/.." && pwd)
jar=$here/examples/target/pfha.jar
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
java -jar "$jar" bench sync dump "$work/call.xml" --rules "$rules" --aliases "$aliases"
# Less than ten times the body is all the heap that decoding may take.
java -Xmx$(($(wc -c <"$work/call.xml") * 10 >> 20))m -jar "$jar" bench sync decode "$work/call.xml" --pushes 5
python3 "$here/benchmarks/sync_python.py" "$work/call.xml" 5 | tee "$work/python"
mkfifo "$work/stop"
# shellcheck disable=SC2086
java $options -jar "$jar" bench sync serve "$work/config.xml" <"$work/stop" >"$work/serve" &
exec 3>"$work/stop"
while ! [ -s "$work/serve" ]; do sleep 0.1; done
read -r url pin <"$work/serve"
# shellcheck disable=SC2086
java $options -jar "$jar" bench sync push "$url" --pin "$pin" --pushes "$pushes" \
  --rules "$rules" --aliases "$aliases" | tee "$work/push"
exec 3>&-
wait
tail -n 1 "$work/serve"
awk '
  /^python median/ { python = $3 }
  /^push/ { sub(":", "", $2); if ($2 == 1) cold = $3; if ($2 <= 3) warm = $3 }
  END {
    printf "cold %.3f s, third %.3f s, Python %.3f s: ratio %.2f\n", cold, warm, python, python / warm
  }' "$work/python" "$work/push"
