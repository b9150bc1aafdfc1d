#!/bin/sh
# ./ssh.sh HOST…: a worker on each host that you reach by ssh, for a scheduler here. kgents has to be installed there.
# First, here: kg cluster up --workers 0 --host 0.0.0.0 --dir kgtls
set -eu
for host in "$@"; do
    scp -qr kgtls "$host:"
    ssh "$host" kg cluster worker "tls://$(hostname):${PORT:-8786}" --tls kgtls --slots "${SLOTS:-4}" &
done
wait
