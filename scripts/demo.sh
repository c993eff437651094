#!/usr/bin/env bash
# The whole chain on one machine: builds sparkgpt, fetches the demo corpus, trains a small GPT on it, lets it speak.
# Repeating it goes on where it stopped. Further arguments are settings: scripts/demo.sh train.steps=200
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
echo "== building"
mvn -q -B -ntp -DskipTests package
echo "== corpus"
scripts/demo-corpus.sh runs/corpus
echo "== pipeline"
scripts/sparkgpt pipeline conf/demo.yaml "$@"
echo
echo "== sample"
scripts/sparkgpt generate conf/demo.yaml --prompt "The President of the United States" "$@"
