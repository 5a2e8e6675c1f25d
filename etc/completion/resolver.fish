# fish completion for resolver(8)

complete -c resolver -f
complete -c resolver -l check -d 'Find what keeps lookups from working'
complete -c resolver -s D -l debug -d 'Resolve a name by hand and show every step'
complete -c resolver -l dump-config -d 'Show the settings and the DNS servers of the cluster'
complete -c resolver -l list -d 'Show the names that the kernel has cached'
complete -c resolver -l flush -d 'Make the kernel forget names, or all'
complete -c resolver -l watch -d 'Show upcalls as they end'
complete -c resolver -l metrics -d 'Print counters for Prometheus'
complete -c resolver -l json -d 'Print JSON'
complete -c resolver -s c -l config -r -F -d 'Read this config file'
complete -c resolver -l root -x -a '(__fish_complete_directories)' -d 'Look at the files below a directory'
complete -c resolver -s v -l verbose -d 'Log each answer; twice, each step'
complete -c resolver -s V -l version -d 'Print the version'
complete -c resolver -s h -l help -d 'Print a summary'
