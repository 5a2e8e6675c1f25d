#!/bin/sh
# Serves NFSv4 on a node, in its own mount namespace: nfsd.sh start|stop
set -eu
mount -t nfsd nfsd /proc/fs/nfsd
if [ "$1" = stop ]; then
    exec rpc.nfsd 0
fi
mount -t tmpfs state /var/lib/nfs
: >/var/lib/nfs/etab
: >/var/lib/nfs/rmtab
# A referral needs a mount point.
mount --bind /srv/nfs/moved /srv/nfs/moved
exportfs -r
rpc.nfsd --no-nfs-version 3 2
echo serving
exec rpc.mountd --foreground --no-nfs-version 2 --no-nfs-version 3
