#!/bin/sh
# The script that administrators use: it finds the cluster's DNS in the kubelet's configuration, and starts
# key.dns_resolver in a mount namespace whose resolv.conf names it.
#
# usage: isolated.sh KUBELET_CONFIG KEY_ID
server=$(sed -n '/^clusterDNS:/{n;s/^[ -]*//p;q}' "$1")
resolv_conf=/run/isolated.$$
printf 'nameserver %s\nsearch svc.cluster.local cluster.local\noptions ndots:5\n' "$server" > $resolv_conf
# shellcheck disable=SC2016 # the inner shell expands these
exec unshare --mount --propagation private sh -c \
    'mount --bind "$1" /etc/resolv.conf && rm "$1" && exec /sbin/key.dns_resolver "$2"' sh $resolv_conf "$2"
