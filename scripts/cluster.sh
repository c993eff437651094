#!/usr/bin/env bash
# HDFS and a Spark standalone cluster on this machine, out of the jars of the build. See --help.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: scripts/cluster.sh COMMAND

HDFS (NameNode, 2 DataNodes), Spark standalone (Master, 2 Workers) and Spark's History Server on this machine, each a
process of its own, reachable from this machine only. While they run, scripts/sparkgpt submits to them.

  start                 Start what is not running and wait until all of it answers. Repairs after a kill.
  status                A table of role, process, address and state. Exit code 1 if something is down.
  stop                  Stop all of it. Data and logs stay; delete the state directory to be rid of them.
  kill ROLE             kill -9: namenode, datanode-1, datanode-2, master, worker-1, worker-2, history,
                        executor-1, executor-2 (of worker-1, worker-2), executor (any), driver.
  hdfs ARGUMENTS        A command of Hadoop's file system shell: scripts/cluster.sh hdfs -ls /
  properties            Path of the Spark settings of a submission to this cluster. Exit code 1 if no Master runs.

Environment, read by start; the other commands only need SPARKGPT_CLUSTER:
  SPARKGPT_CLUSTER         state directory: data, logs/ROLE.log, ROLE.pid (default runs/cluster in the repository)
  SPARKGPT_CLUSTER_PORT    first of 16 ports (default 19000): +0 HDFS, +1 its web page, +2 Spark master, +3 its web page,
                           +4 +5 web pages of the workers, +6 History Server, +7 web page of the running application,
                           +8 to +15 inner ports of DataNodes and Workers
  SPARKGPT_CLUSTER_CORES   cores of each worker (default: half of the machine's)
  SPARKGPT_CLUSTER_MEMORY  heap of the executor on each worker (default 1g); networks need memory beside it

A second cluster runs beside the first one with another state directory and port.
TEXT
}

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${SPARKGPT_CLUSTER:-$home/runs/cluster}
roles=(namenode datanode-1 datanode-2 master worker-1 worker-2 history)
seconds_to_start=180
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

fail() {
  echo "cluster: $*" >&2
  exit 1
}

# --- processes -------------------------------------------------------------------------------------------------------

# Every process carries this in its command line, so that a reused process id is not taken for ours.
mark() { # role
  echo "-Dsparkgpt.cluster=$state/$1"
}

has_argument() { # pid argument
  grep -qzxF -- "$2" "/proc/$1/cmdline" 2>/dev/null
}

pid_of() { # role; prints nothing and fails if it does not run
  local pid
  pid=$(cat "$state/$1.pid" 2>/dev/null) && has_argument "$pid" "$(mark "$1")" && echo "$pid"
}

pids_with() { # argument
  local file
  for file in /proc/[0-9]*/cmdline; do
    if grep -qzxF -- "$1" "$file" 2>/dev/null; then
      file=${file%/cmdline}
      echo "${file#/proc/}"
    fi
  done
}

executors_of() { # worker's number
  pids_with "spark://Worker@127.0.0.1:$((port + 13 + $1))"
}

await_end() { # pid seconds
  local deadline=$((SECONDS + $2))
  while kill -0 "$1" 2>/dev/null; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

# --- addresses and answers -------------------------------------------------------------------------------------------

web_port() { # role
  case $1 in
    namenode) echo $((port + 1)) ;;
    datanode-*) echo $((port + 7 + ${1#*-})) ;;
    master) echo $((port + 3)) ;;
    worker-*) echo $((port + 3 + ${1#*-})) ;;
    history) echo $((port + 6)) ;;
  esac
}

address() { # role
  case $1 in
    namenode) echo "hdfs://127.0.0.1:$port" ;;
    master) echo "spark://127.0.0.1:$((port + 2))" ;;
    *) echo "http://127.0.0.1:$(web_port "$1")" ;;
  esac
}

get() { # port path
  # shellcheck disable=SC2016
  timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$0" &&
    printf "GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n" "$1" >&3 && cat <&3' "$1" "$2" 2>/dev/null | tr -d ' \n\r'
}

answers() { # role: it runs and does its work
  local web
  web=$(web_port "$1")
  case $1 in
    namenode) [[ $(get "$web" '/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo') == *'"Safemode":"",'* ]] ;;
    datanode-*) [[ $(get "$web" '/jmx?get=Hadoop:service=DataNode,name=DataNodeInfo::BPServiceActorInfo') == *RUNNING* ]] ;;
    master) [[ $(get "$web" /json/) == *'"status":"ALIVE"'* ]] ;;
    worker-*)
      get "$(web_port master)" /json/ | sed 's/"id":/\n/g' | grep -q "^\"worker-[^\"]*-$((port + 13 + ${1#*-}))\".*\"state\":\"ALIVE\""
      ;;
    history) [[ $(get "$web" /api/v1/applications) == *'200OK'* ]] ;;
  esac
}

# --- configuration ---------------------------------------------------------------------------------------------------

property() { # name value
  printf '<property><name>%s</name><value>%s</value></property>\n' "$1" "$2"
}

configure() {
  local cores=${SPARKGPT_CLUSTER_CORES:-$((($(nproc) + 1) / 2))} memory=${SPARKGPT_CLUSTER_MEMORY:-1g} jar
  mkdir -p "$state"/{conf,logs,events,local,spark/jars}
  echo "$port $cores $memory" >"$state/cluster"
  cp "$home/conf/log4j2.properties" "$state/conf/" # executors find it on their class path
  # The default file system stays the local one: run files and what they read lie there as well as on HDFS.
  echo "<configuration>$(property hadoop.tmp.dir "$state/tmp")</configuration>" >"$state/conf/core-site.xml"
  {
    echo '<configuration>'
    property dfs.namenode.rpc-address "127.0.0.1:$port"
    property dfs.namenode.http-address "127.0.0.1:$((port + 1))"
    property dfs.namenode.name.dir "file://$state/name"
    property dfs.namenode.datanode.registration.ip-hostname-check false
    property dfs.permissions.enabled false
    property dfs.replication 2
    # A DataNode that is gone counts as dead after 2 x 5 s + 10 x 1 s, not after ten minutes.
    property dfs.namenode.heartbeat.recheck-interval 5000
    property dfs.heartbeat.interval 1
    property dfs.namenode.stale.datanode.interval 10000
    property dfs.namenode.safemode.extension 0
    echo '</configuration>'
  } >"$state/conf/hdfs-site.xml"
  cat >"$state/conf/spark-defaults.conf" <<TEXT
# Of a submission to this cluster; scripts/cluster.sh start writes it.
spark.master                                          spark://127.0.0.1:$((port + 2))
spark.driver.host                                     127.0.0.1
spark.driver.bindAddress                              127.0.0.1
spark.executor.memory                                 $memory
spark.executor.cores                                  $cores
spark.cores.max                                       $((2 * cores))
# Both executors are there before the first job starts.
spark.scheduler.minRegisteredResourcesRatio           1.0
spark.scheduler.maxRegisteredResourcesWaitingTime     60s
spark.sql.session.timeZone                            UTC
spark.sql.shuffle.partitions                          8
spark.ui.port                                         $((port + 7))
spark.ui.showConsoleProgress                          false
spark.eventLog.enabled                                true
spark.eventLog.dir                                    file://$state/events
TEXT
  if ! pid_of worker-1 >/dev/null && ! pid_of worker-2 >/dev/null; then
    rm -f "$state"/spark/jars/*
    local jars
    IFS=: read -r -a jars <<<"$(<"$home/jobs/target/spark.classpath")"
    for jar in "${jars[@]}"; do
      ln -s "$jar" "$state/spark/jars/"
    done
  fi
}

# --- start -----------------------------------------------------------------------------------------------------------

hadoop() { # java's options, class and arguments
  "$java" "@$home/conf/jvm.options" -XX:+UseSerialGC "-Dlog4j.configurationFile=$home/conf/cluster-log4j2.properties" \
    -cp "$state/conf:$(<"$home/jobs/target/hadoop.classpath")" "$@"
}

launch() { # role, java's options, class path, class and arguments
  local role=$1
  shift
  setsid "$java" "@$home/conf/jvm.options" "$(mark "$role")" -XX:+UseSerialGC -Djava.net.preferIPv4Stack=true \
    -Dspark.port.maxRetries=0 "-Dlog4j.configurationFile=$home/conf/cluster-log4j2.properties" "$@" \
    >>"$state/logs/$role.log" 2>&1 </dev/null 9>&- &
  echo $! >"$state/$role.pid"
}

launch_role() { # role
  local number=${1#*-} cores memory
  read -r _ cores memory <"$state/cluster"
  local hdfs spark
  hdfs=$state/conf:$(<"$home/jobs/target/hadoop.classpath")
  spark="$state/spark/jars/*"
  case $1 in
    namenode)
      if [[ ! -d $state/name/current ]]; then
        hadoop org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive \
          >>"$state/logs/namenode.log" 2>&1 || fail "HDFS could not be formatted: see $state/logs/namenode.log"
      fi
      launch "$1" -Xmx256m -cp "$hdfs" org.apache.hadoop.hdfs.server.namenode.NameNode
      ;;
    datanode-*)
      launch "$1" -Xmx256m -cp "$hdfs" org.apache.hadoop.hdfs.server.datanode.DataNode \
        -D "dfs.datanode.data.dir=file://$state/data-$number" \
        -D "dfs.datanode.http.address=127.0.0.1:$(web_port "$1")" \
        -D "dfs.datanode.address=127.0.0.1:$((port + 9 + number))" \
        -D "dfs.datanode.ipc.address=127.0.0.1:$((port + 11 + number))"
      ;;
    master)
      launch "$1" -Xmx256m -cp "$spark" org.apache.spark.deploy.master.Master \
        --host 127.0.0.1 --port $((port + 2)) --webui-port "$(web_port "$1")"
      ;;
    worker-*)
      # A run leaves a copy of the submit jar in the work directory: swept after an hour.
      launch "$1" -Xmx256m -Dspark.worker.cleanup.enabled=true -Dspark.worker.cleanup.interval=600 \
        -Dspark.worker.cleanup.appDataTtl=3600 -cp "$spark" org.apache.spark.deploy.worker.Worker \
        --host 127.0.0.1 --port $((port + 13 + number)) --webui-port "$(web_port "$1")" \
        --cores "$cores" --memory "$memory" --work-dir "$state/work-$number" "spark://127.0.0.1:$((port + 2))"
      ;;
    history)
      launch "$1" -Xmx512m "-Dspark.history.fs.logDirectory=file://$state/events" -Dspark.history.fs.update.interval=5s \
        "-Dspark.history.ui.port=$(web_port "$1")" -cp "$spark" org.apache.spark.deploy.history.HistoryServer
      ;;
  esac
}

start() {
  local role started=() deadline reason
  for role in "${roles[@]}"; do
    if ! pid_of "$role" >/dev/null; then
      started+=("$role")
    fi
  done
  if ((${#started[@]} == ${#roles[@]})); then
    port=${SPARKGPT_CLUSTER_PORT:-$port}
    configure
  elif [[ -n ${SPARKGPT_CLUSTER_PORT:-} && $SPARKGPT_CLUSTER_PORT != "$port" ]]; then
    fail "the cluster in $state runs on ports from $port; stop it first, or give the other one another SPARKGPT_CLUSTER"
  fi
  export SPARK_HOME=$state/spark SPARK_CONF_DIR=$state/conf SPARK_SCALA_VERSION=2.12 SPARK_LOCAL_IP=127.0.0.1
  export SPARK_LOCAL_DIRS=$state/local # shuffle files; the worker deletes those of a killed executor
  for role in ${started[@]+"${started[@]}"}; do
    launch_role "$role"
  done
  deadline=$((SECONDS + seconds_to_start))
  for role in "${roles[@]}"; do
    reason=
    until answers "$role"; do
      if ! pid_of "$role" >/dev/null; then
        reason="has ended"
      elif ((SECONDS >= deadline)); then
        reason="does not answer after $seconds_to_start s"
      fi
      if [[ -n $reason ]]; then
        echo "cluster: $role $reason; the end of $state/logs/$role.log:" >&2
        grep -E 'ERROR|WARN|Exception|Error' "$state/logs/$role.log" | tail -n 5 | cut -c 1-300 >&2
        stop_roles ${started[@]+"${started[@]}"}
        exit 1
      fi
      sleep 0.3
    done
  done
  status
}

# --- the other commands ----------------------------------------------------------------------------------------------

status() {
  local role pid word down=0
  printf '%-11s %8s  %-26s %-26s %s\n' role pid address 'web page' state
  for role in "${roles[@]}"; do
    if ! pid=$(pid_of "$role"); then
      pid=- word=down down=1
    elif answers "$role"; then
      word=up
    else
      word='does not answer' down=1
    fi
    printf '%-11s %8s  %-26s %-26s %s\n' "$role" "$pid" "$(address "$role")" "http://127.0.0.1:$(web_port "$role")" "$word"
  done
  return $down
}

stop_roles() { # roles
  local role pid
  for role in "$@"; do
    if pid=$(pid_of "$role"); then
      kill "$pid" 2>/dev/null || true
    fi
  done
  for role in "$@"; do
    if pid=$(pid_of "$role") && ! await_end "$pid" 20; then
      kill -9 "$pid" 2>/dev/null || true
      await_end "$pid" 5 || fail "process $pid of $role does not end"
    fi
    rm -f "$state/$role.pid"
  done
}

kill_role() { # role
  local pids
  case $1 in
    executor) pids=$( (executors_of 1 && executors_of 2) | head -n 1) ;;
    executor-[12]) pids=$(executors_of "${1#*-}") ;;
    driver) pids=$(pids_with "$(mark driver)") ;;
    *)
      [[ " ${roles[*]} " == *" $1 "* ]] || fail "no such role: $1; --help lists them"
      pids=$(pid_of "$1") || true
      ;;
  esac
  [[ -n $pids ]] || fail "no $1 runs in the cluster of $state"
  # shellcheck disable=SC2086
  kill -9 $pids
  for pid in $pids; do
    await_end "$pid" 10 || fail "process $pid of $1 does not end"
  done
}

case ${1:-} in
  -h | --help | help) usage && exit ;;
  start | hdfs) [[ -f $home/jobs/target/hadoop.classpath ]] || fail "not built yet; run: mvn -q -DskipTests package" ;;
  status | stop | kill | properties) ;;
  *) usage >&2 && exit 2 ;;
esac
state=$(realpath -m "$state")
port=19000
[[ ! -f $state/cluster ]] || read -r port _ <"$state/cluster"
case $1 in
  start)
    mkdir -p "$state"
    exec 9>"$state/lock"
    flock 9
    start
    ;;
  status) status ;;
  stop)
    stop_roles "${roles[@]}"
    rm -rf "$state/spark" # links to the jars of the build
    ;;
  kill) kill_role "${2:-}" ;;
  hdfs) hadoop -Xmx256m org.apache.hadoop.fs.FsShell -D "fs.defaultFS=hdfs://127.0.0.1:$port" "${@:2}" ;;
  properties)
    pid_of master >/dev/null || exit 1
    echo "$state/conf/spark-defaults.conf"
    ;;
esac
