# bash completion for resolver(8)

_resolver() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $previous in
    -c | --config | -o | --output)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    --root)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        ;;
    -N | --no)
        mapfile -t COMPREPLY < <(compgen -W 'dns vls-srv vls-afsdb vls-all vl-host' -- "$word")
        ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W '--check --debug -D --dump-config --list --flush --watch --metrics
                --json --config -c --root --no -N --output -o --verbose -v --version -V --help -h' -- "$word")
        fi
        ;;
    esac
}

complete -o filenames -F _resolver resolver
