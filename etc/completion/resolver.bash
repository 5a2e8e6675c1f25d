# bash completion for resolver(8)

_resolver() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $previous in
    -c | --config)
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    --root)
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
        ;;
    *)
        if [[ $word == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W '--check --debug -D --dump-config --list --flush --watch --metrics
                --json --config -c --root --verbose -v --version -V --help -h' -- "$word")
        fi
        ;;
    esac
}

complete -o filenames -F _resolver resolver
