#!/usr/bin/env bash
# Tells Spark which GPUs this machine has, as one line of JSON: {"name":"gpu","addresses":["0","1"]}
#
#   spark.executor.resource.gpu.discoveryScript=.../gpu-discovery.sh      YARN, Kubernetes
#   spark.worker.resource.gpu.discoveryScript=.../gpu-discovery.sh        standalone, in the Worker's settings
#
# An address is a GPU's index as nvidia-smi has it, or the UUID of a MIG instance where a GPU is cut into such.
# CUDA_VISIBLE_DEVICES, if set, has CUDA's meaning: only the devices that it names, in its order, up to the first unknown one.
set -euo pipefail

fail() {
  echo "gpu-discovery: $*" >&2
  exit 1
}

command -v nvidia-smi >/dev/null || fail "no nvidia-smi on the PATH; install the NVIDIA driver, or ask Spark for no GPUs on this machine"
list=$(nvidia-smi -L 2>&1) || fail "nvidia-smi -L failed: $list"

addresses=() # by position: address, UUID of the GPU, its index
gpus=()
indices=()
pending= # a GPU of which no MIG instance has been seen yet
while IFS= read -r line; do
  if [[ $line =~ ^GPU\ ([0-9]+):.*\(UUID:\ (GPU-[^\)]+)\) ]]; then
    [[ -n $pending ]] && addresses+=("$index") gpus+=("$gpu") indices+=("$index")
    index=${BASH_REMATCH[1]} gpu=${BASH_REMATCH[2]} pending=yes
  elif [[ $line =~ ^\ +MIG\ .*\(UUID:\ (MIG-[^\)]+)\) ]]; then
    addresses+=("${BASH_REMATCH[1]}") gpus+=("$gpu") indices+=("$index")
    pending=
  fi
done <<<"$list"
[[ -n $pending ]] && addresses+=("$index") gpus+=("$gpu") indices+=("$index")
((${#addresses[@]})) || fail "nvidia-smi -L lists no GPU: $list"

if [[ -n ${CUDA_VISIBLE_DEVICES+set} ]]; then
  visible=()
  IFS=, read -ra names <<<"$CUDA_VISIBLE_DEVICES"
  for name in "${names[@]}"; do
    found=
    for i in "${!addresses[@]}"; do
      if [[ $name == "${indices[i]}" || $name == "${addresses[i]}" || $name == GPU-?* && ${gpus[i]} == "$name"* ]]; then
        found=${addresses[i]}
        break
      fi
    done
    [[ -n $found ]] || break
    visible+=("$found")
  done
  ((${#visible[@]})) || fail "CUDA_VISIBLE_DEVICES=$CUDA_VISIBLE_DEVICES leaves none of: ${addresses[*]}"
  addresses=("${visible[@]}")
fi

printf -v joined '"%s",' "${addresses[@]}"
echo "{\"name\":\"gpu\",\"addresses\":[${joined%,}]}"
