#!/usr/bin/env bash
# Kills parts of a cluster under a training run and compares what comes out with a run left alone. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/chaos.sh [--only FAULT[,FAULT...]]

Starts a cluster of its own with scripts/cluster.sh, trains a small GPT on its HDFS, then trains it again under each fault.
A fault is survived if training went on, or was resumed by starting it again, to the same loss curve (loss, learning rate and
norms of every round, to the last digit), the same parameters and optimizer state, bit for bit, and no checkpoint that is half.
Prints a table; exit code 1 if a fault was not survived. Takes about half a minute for each fault and one more at the start.

  executor           kill -9 of an executor in the middle of a round
  worker             kill -9 of a Worker, and of its executor with it, in the middle of a round
  datanode           kill -9 of a DataNode while a checkpoint is written
  driver             kill -9 of the driver between two checkpoints
  driver-checkpoint  kill -9 of the driver while it writes a checkpoint
  disk               no space left under the executors' local directories, where shards are cached and shuffles are written:
                     a tmpfs that is filled; where mounting is not permitted, a limit of 4 KiB on the size of a file
  chunk              a flipped byte in a file of the newest checkpoint

Environment:
  SPARKGPT_CHAOS       directory for the cluster's state and the logs of the runs, absolute (default runs/chaos in the repository)
  SPARKGPT_CHAOS_PORT  first of the cluster's 20 ports (default 22000)
TEXT
}

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$home" # which the run file's corpus is relative to
work=$(realpath -m "${SPARKGPT_CHAOS:-runs/chaos}")
port=${SPARKGPT_CHAOS_PORT:-22000}
export SPARKGPT_CLUSTER=$work/cluster SPARKGPT_CLUSTER_PORT=$port SPARKGPT_CLUSTER_CORES=1
unset SPARKGPT_MASTER
local_dirs=$SPARKGPT_CLUSTER/local # where cluster.sh has its workers keep executors' files
steps=150
round=25
all=(executor worker datanode driver driver-checkpoint disk chunk)
settings=("output=hdfs://127.0.0.1:$port/chaos" "train.steps=$steps" "train.localSteps=$round" "train.logSteps=$round"
  "train.checkpointSteps=$((2 * round))" train.keepLast=2)
seconds_to_wait=300
driver=
happened=
runs=0

fail() {
  echo "chaos: $*" >&2
  exit 1
}

# --- the cluster and its HDFS ------------------------------------------------------------------------------------------

cluster() {
  "$home/scripts/cluster.sh" "$@" >>"$work/cluster.log" 2>&1
}

repair() {
  cluster start || fail "the cluster does not start; see $work/cluster.log"
}

webhdfs() { # curl's options, path, operation
  curl -sSfL --max-time 20 "${@:1:$#-2}" "http://127.0.0.1:$((port + 1))/webhdfs/v1/chaos/${*: -2:1}?op=${*: -1}"
}

half_written() { # succeeds while there is a checkpoint without its final name
  webhdfs checkpoints LISTSTATUS 2>/dev/null | grep -q '"pathSuffix":"step-[^"]*\.tmp-'
}

executors() {
  pgrep -f "^[^ ]*java .*CoarseGrainedExecutorBackend .*Worker@127\.0\.0\.1:($((port + 14))|$((port + 15)))" || true
}

# --- runs --------------------------------------------------------------------------------------------------------------

sparkgpt() { # becomes the driver's process
  exec "$home/scripts/sparkgpt" "$@"
}

start_training() {
  log=$work/$fault-$((++runs)).log
  sparkgpt train "$home/conf/cluster-demo.yaml" "${settings[@]}" >"$log" 2>&1 &
  driver=$!
}

await() { # command that succeeds in the end
  local deadline=$((SECONDS + seconds_to_wait))
  until "$@"; do
    kill -0 "$driver" 2>/dev/null || return 1
    ((SECONDS < deadline)) || return 1
    sleep 0.02
  done
}

await_step() { # step
  await grep -qs "step=$1/" "$log" || fail "$fault: no step $1 in $log"
}

ended() { # the exit code of training
  local code=0
  wait "$driver" 2>/dev/null || code=$?
  driver=
  return $code
}

resume() {
  repair
  start_training
  ended || fail "$fault: the resumed run failed; see $log"
}

continued_or_resumed() {
  if ended; then
    happened+="; training went on"
  else
    happened+="; ended: $(grep -o 'sparkgpt train: .*' "$log" | tail -n 1 | cut -c 17-130); resumed"
    resume
  fi
}

# --- faults: each proves that it took hold, leaves a finished run and says what happened -------------------------------

lost_task() {
  grep -q 'Lost task' "$log" || fail "$fault: no task was running there; see $log"
}

died() { # the driver, of the fault and not of old age
  if ended; then
    fail "$fault: the run had ended before the fault; see $log"
  fi
}

steady() {
  start_training
  ended || fail "the undisturbed run failed; see $log"
}

executor() {
  start_training
  await_step $((3 * round))
  sleep 0.3
  cluster kill executor-1
  happened="executor-1 killed after step $((3 * round))"
  continued_or_resumed
  lost_task
}

worker() {
  start_training
  await_step $((3 * round))
  sleep 0.3
  cluster kill worker-1
  happened="worker-1 killed after step $((3 * round))"
  continued_or_resumed
  lost_task
}

datanode() {
  local pid stopped unfinished=yes
  pid=$(<"$SPARKGPT_CLUSTER/datanode-1.pid")
  start_training
  await_step $((3 * round))
  stopped=$(executors)
  [[ -n $stopped ]] || fail "datanode: no executors found"
  await half_written || fail "datanode: no checkpoint is being written; see $log"
  # shellcheck disable=SC2086
  kill -STOP $stopped # so that they are still writing when the DataNode goes
  kill -9 "$pid"
  half_written || unfinished=no
  # shellcheck disable=SC2086
  kill -CONT $stopped
  [[ $unfinished == yes ]] || fail "datanode: the checkpoint was finished before the DataNode died; run it again"
  happened="datanode-1 killed in the checkpoint of step $((4 * round))"
  continued_or_resumed
}

driver() {
  start_training
  await_step $((3 * round))
  sleep 0.3
  kill -9 "$driver"
  died
  happened="driver killed after step $((3 * round)); resumed"
  resume
}

driver-checkpoint() {
  start_training
  await_step $((3 * round))
  await half_written || fail "driver-checkpoint: no checkpoint is being written; see $log"
  kill -9 "$driver"
  died
  half_written || fail "driver-checkpoint: the checkpoint was finished before the driver died; run it again"
  happened="driver killed in the checkpoint of step $((4 * round)); resumed"
  resume
}

disk() {
  local pid how
  # Room for the submit jar, which executors fetch into it, and little more.
  if mount -t tmpfs -o size=256m sparkgpt-chaos "$local_dirs" 2>/dev/null; then
    how="a full tmpfs"
  else
    how="a limit on the size of files"
  fi
  start_training
  await grep -qs 'info  training .* parameters' "$log" || fail "disk: training did not begin; see $log"
  # No shard has been decoded yet, and the executors are there.
  compgen -G "$local_dirs/spark-*/executor-*" >/dev/null || fail "disk: the executors keep their files elsewhere"
  if mountpoint -q "$local_dirs"; then
    dd if=/dev/zero "of=$local_dirs/ballast" bs=4k 2>/dev/null || true
  else
    for pid in $(executors); do
      prlimit --pid "$pid" --fsize=4096
    done
  fi
  happened="$how before the first round"
  if ended; then
    happened+="; training went on"
    free_disk
  else
    happened+="; ended: $(grep -o 'sparkgpt train: .*' "$log" | tail -n 1 | cut -c 17-130); freed and resumed"
    free_disk
    resume
  fi
  grep -qE 'No space left on device|File too large' "$work"/disk-*.log || fail "disk: nothing met the full disk; see $log"
}

free_disk() {
  if mountpoint -q "$local_dirs"; then
    umount -l "$local_dirs"
  fi
}

chunk() {
  local checkpoint=step-$(printf %09d $((4 * round))) file size byte
  start_training
  await_step $((5 * round))
  kill -9 "$driver"
  died
  file=$(webhdfs "checkpoints/$checkpoint" LISTSTATUS | grep -o 'outer-00000[^"]*\.bin' | head -n 1)
  webhdfs -o "$work/chunk" "checkpoints/$checkpoint/$file" OPEN
  size=$(stat -c %s "$work/chunk")
  byte=$(od -An -tu1 -j $((size / 2)) -N 1 "$work/chunk")
  # shellcheck disable=SC2059
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd "of=$work/chunk" bs=1 seek=$((size / 2)) conv=notrunc status=none
  webhdfs -X PUT -T "$work/chunk" "checkpoints/$checkpoint/$file" 'CREATE&overwrite=true'
  happened="a byte flipped in $checkpoint/$file"
  start_training
  if ended; then
    fail "chunk: training went on from a damaged checkpoint; see $log"
  fi
  grep -q "sparkgpt train: .*$checkpoint.*damaged" "$log" || fail "chunk: the damaged checkpoint is not named; see $log"
  webhdfs -o /dev/null -X DELETE "checkpoints/$checkpoint" 'DELETE&recursive=true'
  happened+="; refused by name, deleted, resumed from the one before"
  resume
}

# --- what came out -----------------------------------------------------------------------------------------------------

curve() { # every round without its times
  webhdfs checkpoints/metrics.jsonl OPEN |
    grep -oE '"(step|tokens|loss|lr|grad_norm|update_norm)":[^,}]*'
}

state() { # the last checkpoint's manifest, which has the checksum of every file, without the numbers of task attempts
  webhdfs "checkpoints/step-$(printf %09d $steps)/manifest.json" OPEN | sed -E 's/\.[0-9]+\.bin/.bin/g'
}

repeated() { # rounds that were logged twice, or lost tasks on their way
  cat "$work/$fault"-*.log | awk '
    /Lost executor|Lost task/ { lost = 1 }
    / step=[0-9]/ {
      match($0, / step=[0-9]+/); step = substr($0, RSTART, RLENGTH)
      n += (step in seen) || lost; seen[step] = 1; lost = 0
    }
    END { print n + 0 }'
}

forget() { # the last run
  webhdfs -o /dev/null -X DELETE checkpoints 'DELETE&recursive=true'
}

compare() { # with the run left alone; prints the fault's row
  local same_curve=no same_bits=no whole=yes
  repair
  curve >"$work/$fault.curve"
  state >"$work/$fault.state"
  if cmp -s "$work/steady.curve" "$work/$fault.curve"; then same_curve=yes; fi
  if cmp -s "$work/steady.state" "$work/$fault.state"; then same_bits=yes; fi
  if half_written; then whole=no happened+="; HALF A CHECKPOINT LEFT"; fi
  row "$fault" "$(repeated)" $same_curve $same_bits $((SECONDS - begin)) "$happened"
  [[ $same_curve$same_bits$whole == yesyesyes ]]
}

row() { # fault, rounds repeated, same loss curve, same bits, seconds, what happened
  printf '%-18s| %-8s| %-9s| %-5s| %7s | %s\n' "$@"
}

run_fault() {
  trap clean_up EXIT
  local begin=$SECONDS
  runs=0
  rm -f "$work/$fault"-*.log
  repair
  forget
  "$fault"
  compare
}

clean_up() {
  if [[ -n $driver ]]; then
    kill -9 "$driver" 2>/dev/null || true
  fi
  free_disk
}

stop_all() {
  clean_up
  cluster stop || true
}

case ${1:-} in
  -h | --help | help) usage && exit ;;
  '') chosen=("${all[@]}") ;;
  --only)
    IFS=, read -r -a chosen <<<"${2:-}"
    ((${#chosen[@]})) || { usage >&2 && exit 2; }
    for fault in "${chosen[@]}"; do
      [[ " ${all[*]} " == *" $fault "* ]] || { echo "chaos: no such fault: $fault; --help lists them" >&2 && exit 2; }
    done
    ;;
  *) usage >&2 && exit 2 ;;
esac
for tool in curl pgrep; do
  command -v $tool >/dev/null || fail "needs $tool"
done

mkdir -p "$work"
trap stop_all EXIT
repair
fault=steady
rm -f "$work"/steady-*.log
(sparkgpt pipeline "$home/conf/cluster-demo.yaml" "${settings[@]}" --until tokenize) >"$work/data.log" 2>&1 ||
  fail "the token shards could not be made; see $work/data.log"
forget
steady
curve >"$work/steady.curve"
state >"$work/steady.state"
[[ $(grep -c '"step"' "$work/steady.curve") == $((steps / round)) ]] || fail "the undisturbed run's metrics are not whole"
row fault repeated 'same loss' same seconds 'what happened'
row '' rounds curve bits '' ''
lost=0
for fault in "${chosen[@]}"; do
  set +e # a fault that is not survived ends its own shell, not this one
  (set -e && run_fault)
  code=$?
  set -e
  if ((code)); then
    row "$fault" - - - - "NOT SURVIVED: the logs are $work/$fault-*.log"
    lost=1
  fi
done
exit $lost
