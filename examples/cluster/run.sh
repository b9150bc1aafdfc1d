#!/bin/sh
# A scheduler and two workers on this machine, one decision on them, and everything is gone again.
#   ./run.sh          PORT=8786 by default
set -eu
cd "$(dirname "$0")"
folder=$(mktemp -d)
kg cluster up --workers 2 --dir "$folder/kgtls" --port "${PORT:-8786}" > "$folder/address" &
up=$!
trap 'kill $up; wait $up || true; rm -rf "$folder"' EXIT
until [ -s "$folder/address" ]; do kill -0 $up; sleep 0.2; done
address=$(cat "$folder/address")

kg cluster check "$address" --tls "$folder/kgtls"
kg experiment run --adaptive --target 0.6 --seed 7 --workers "$address" --workers-tls "$folder/kgtls" -- python3 flaky.py
