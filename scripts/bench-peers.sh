#!/usr/bin/env bash
# Times a training step of sparkgpt and of other programs, in turns. See --help.
set -euo pipefail
export LC_ALL=C
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'END'
Usage: scripts/bench-peers.sh [OPTION]... PEER
Times training steps of sparkgpt and of libtorch in turns (ours, peer, ours, peer, ...) and prints the medians over the
rounds and their ratio. PEER is the directory of libtorch-gpt2, with its pom.xml; it is built with Maven if it is not yet.

  --shapes LIST   of 124m-b4-t64 124m-b1-t1024 124m-b4-t1024 char-cpu char-gpu, comma between; default 124m-b4-t64
  --dtypes LIST   of f32 bf16; default f32,bf16
  --rounds N      runs of each program for a shape and dtype; default 3
  --steps N       timed steps of a run, whose median counts; default 10
  --threads N     default: all cores
  --llmc COMMAND  also runs llm.c's training, such as 'cd llm.c && ./train_gpt2', which is 124m-b4-t64 in f32
  --results FILE  where every run leaves a line of JSON; default runs/bench-peers.jsonl, begun anew
  --help

Run it on a machine that does nothing else. Shapes: GPT-2 124M with batch b and context t; nanoGPT's character models for
the CPU (4 layers, 4 heads, width 128, batch 12, context 64) and the GPU (6, 6, 384, 64, 256).
END
}

mistake() {
  echo "bench-peers: $1; see --help" >&2
  exit 2
}

# Sets layers heads embd vocab batch context.
shape() {
  case $1 in
    124m-b4-t64) set -- 12 12 768 50257 4 64 ;;
    124m-b1-t1024) set -- 12 12 768 50257 1 1024 ;;
    124m-b4-t1024) set -- 12 12 768 50257 4 1024 ;;
    char-cpu) set -- 4 4 128 65 12 64 ;;
    char-gpu) set -- 6 6 384 65 64 256 ;;
    *) mistake "unknown shape '$1'" ;;
  esac
  layers=$1 heads=$2 embd=$3 vocab=$4 batch=$5 context=$6
}

# Each of these prints the milliseconds of a step and adds a line to the results.
ours() { # shape dtype
  shape "$1"
  local line
  line=$("$home/scripts/sparkgpt" bench train-step --layers "$layers" --heads "$heads" --embd "$embd" --vocab "$vocab" \
    --batch "$batch" --context "$context" --dtype "$2" --steps "$steps" --threads "$threads")
  echo "$line" >>"$results"
  sed 's/.*"medianMs":\([0-9.eE+-]*\).*/\1/' <<<"$line"
}

# The settings under which libtorch is fastest, as far as known: huge pages, memory kept, one pool of threads.
libtorch() { # shape dtype
  shape "$1"
  local settings=(THP_MEM_ALLOC_ENABLE=1 MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184
    MALLOC_TOP_PAD_=268435456) options=()
  if [[ $2 == bf16 ]]; then
    settings+=(MKL_THREADING_LAYER=GNU)
    options+=(--blas mkl --sdpa f32)
  else
    settings+=(OMP_WAIT_POLICY=passive OPENBLAS_CORETYPE=Cooperlake)
  fi
  env "${settings[@]}" java -jar "$peer/target/libtorch-gpt2.jar" --layers "$layers" --heads "$heads" --embd "$embd" \
    --vocab "$vocab" --batch "$batch" --ctx "$context" --dtype "$2" --steps $((steps + 1)) --threads "$threads" \
    "${options[@]}" | sed -n 's/^median: \([0-9.]*\) ms.*/\1/p' | noted libtorch-gpt2 "$1" "$2"
}

llmc() { # shape dtype
  OMP_NUM_THREADS=$threads bash -c "$llmc" | sed -n 's/.*(took \([0-9.]*\) ms).*/\1/p' | tail -n +2 | median |
    noted llm.c "$1" "$2"
}

noted() { # program shape dtype
  local ms
  read -r ms || { echo "bench-peers: $1 printed no time for $2 $3" >&2; return 1; }
  printf '{"benchmark":"%s","shape":"%s","dtype":"%s","threads":%d,"medianMs":%s}\n' "$1" "$2" "$3" "$threads" "$ms" \
    >>"$results"
  echo "$ms"
}

median() {
  sort -n | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

positive() { # option value
  [[ $2 =~ ^[1-9][0-9]*$ ]] || mistake "$1 must be a positive number, got '$2'"
}

shapes=124m-b4-t64 dtypes=f32,bf16 rounds=3 steps=10 threads=$(nproc) llmc= results=runs/bench-peers.jsonl peer=
while (($#)); do
  case $1 in
    --help | -h) usage; exit ;;
    --shapes | --dtypes | --rounds | --steps | --threads | --llmc | --results)
      (($# > 1)) || mistake "$1 needs a value"
      declare "${1#--}=$2"
      shift ;;
    -*) mistake "unknown option '$1'" ;;
    *) [[ -z $peer ]] || mistake "one PEER only, got '$peer' and '$1'"; peer=$1 ;;
  esac
  shift
done
positive --rounds "$rounds"
positive --steps "$steps"
positive --threads "$threads"
for name in ${shapes//,/ }; do shape "$name"; done
for dtype in ${dtypes//,/ }; do [[ $dtype =~ ^(f32|bf16)$ ]] || mistake "unknown dtype '$dtype'"; done
[[ -n $peer ]] || mistake "PEER is missing: the directory of libtorch-gpt2"
[[ -f $peer/pom.xml ]] || mistake "$peer has no pom.xml: expected the directory of libtorch-gpt2"
[[ -f $peer/target/libtorch-gpt2.jar ]] || mvn -q -f "$peer/pom.xml" package
mkdir -p "$(dirname "$results")"
: >"$results"

times=$(mktemp -d)
trap 'rm -r "$times"' EXIT
line='%-14s %-5s %12s %12s %8s %12s %8s\n'
printf "$line" shape dtype 'sparkgpt ms' 'libtorch ms' ratio 'llm.c ms' ratio
for name in ${shapes//,/ }; do
  for dtype in ${dtypes//,/ }; do
    rm -f "$times"/*
    programs=(ours libtorch)
    [[ -n $llmc && $name == 124m-b4-t64 && $dtype == f32 ]] && programs+=(llmc)
    for ((round = 1; round <= rounds; round++)); do
      for program in "${programs[@]}"; do
        ms=$("$program" "$name" "$dtype")
        echo "$ms" >>"$times/$program"
        echo "$name $dtype, round $round of $rounds: $program $ms ms" >&2
      done
    done
    ours=$(median <"$times/ours")
    row=("$name" "$dtype" "$(printf %.1f "$ours")")
    for program in libtorch llmc; do
      if [[ -f $times/$program ]]; then
        row+=($(median <"$times/$program" | awk -v ours="$ours" '{ printf "%.1f %.2f", $1, $1 / ours }'))
      else
        row+=('not run' -)
      fi
    done
    printf "$line" "${row[@]}"
  done
done
echo "Every run: $results" >&2
