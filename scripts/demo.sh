#!/usr/bin/env bash
# The whole chain on one machine: builds sparkgpt, fetches the demo corpus, serves its web pages on the loopback interface,
# crawls them, trains a small GPT on it all, lets it speak.
# Repeating it goes on where it stopped. Further arguments are settings: scripts/demo.sh train.steps=200
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
echo "== building"
mvn -q -B -ntp -DskipTests package
echo "== corpus"
scripts/demo-corpus.sh runs/corpus
echo "== web"
exec 3< <(exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" scripts/DemoWeb.java 19380 \
  runs/corpus/spark-core_2.12-{3.4.3,3.5.3}-javadoc.jar)
web=$!
trap 'kill "$web" 2>/dev/null' EXIT
read -r line <&3 || { echo "the web server did not start; are ports 19380 and 19381 in use?" >&2; exit 1; }
echo "$line"
echo "== pipeline"
scripts/sparkgpt pipeline conf/demo.yaml "$@"
echo
echo "== sample"
scripts/sparkgpt generate conf/demo.yaml --prompt "The President of the United States" "$@"
