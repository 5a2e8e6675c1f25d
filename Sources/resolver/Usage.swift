/// What `--help` prints.
enum Usage {
    /// Fits a terminal of 80 columns and 24 lines.
    static let help: StaticString = """
        resolver answers the kernel's lookups of host names, a Kubernetes cluster's too.

          resolver [-v]... [-c FILE] KEY_ID    answer a key; request-key(8) does this
          resolver --check [--json] [NAME]     find what keeps lookups from working
          resolver --debug NAME [CALLOUT]      resolve by hand, and show every step
          resolver --dump-config [--json]      show the settings and the cluster's DNS
          resolver --list [--json]             show what the kernel has cached
          resolver --flush [NAME...]           make the kernel forget names, or all
          resolver --watch | --metrics         show upcalls, or counters for Prometheus

          -D, --debug        NAME may be a:NAME, aaaa:NAME or afsdb:CELL; CALLOUT has
                             the words ipv4, ipv6, list, ttl, srv=1, ns=ADDRESS
          -c, --config FILE  read FILE, not /etc/keyutils/key.dns_resolver.conf
              --root DIR     look at the files below DIR, as if it were /
          -v, --verbose      log each answer; twice: each step
          -V, --version; -h, --help

        Examples:
          resolver --check store.default.svc.cluster.local
          resolver --debug aaaa:store.default.svc list

        """
}
