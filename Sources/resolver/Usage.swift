/// What `--help` prints.
enum Usage {
    static let help: StaticString = """
        resolver answers the kernel when it must turn a host name into an address: a key of type dns_resolver that
        /sbin/request-key hands to it. Names of the Kubernetes cluster are asked of the cluster's DNS, all others of
        the host.

        Usage:
          resolver [-v]... [-c FILE] KEY_ID          answer a key; started by /sbin/request-key
          resolver --debug [-c FILE] NAME [CALLOUT]  resolve a name by hand and show every step
          resolver --dump-config [--json] [-c FILE]  show the settings in force and the cluster's DNS

        Options:
          -D, --debug        resolve NAME without a key; NAME may have a query type: a:NAME, aaaa:NAME,
                             afsdb:CELL for the servers of an AFS cell
          -c, --config FILE  read FILE instead of /etc/keyutils/key.dns_resolver.conf
          --root DIR         look for the kubelet's settings below DIR, as if it were /; by hand only
          -N, --no SOURCE    AFS: leave out vls-srv, vls-afsdb, vls-all, vl-host or dns
          -o, --output FILE  write the key's payload to FILE as well
          -v, --verbose      log each answer; twice: each step
          -V, --version      print the version
          -h, --help         print this text

        CALLOUT is what a kernel client may send along: ipv4, ipv6, list, ttl, srv=1; and ns=ADDRESS from root.
        Under the name kafs-dns, -c names a file in the form of kafs-client.conf(5), and may be given repeatedly.

        Examples:
          resolver --debug store.default.svc.cluster.local
          resolver --debug aaaa:store.default.svc list

        """
}
