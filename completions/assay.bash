# bash completion for assay. Made from the program's tables; see engine/cli/docs.h.
_assay() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "scan detectors explain diff bench version help --help --version" -- "$word"))
        return
    fi
    case "${COMP_WORDS[1]}" in
    scan)
        case "$before" in
        --fail-on) COMPREPLY=($(compgen -W "low medium high" -- "$word")); return ;;
        --addressing-style) COMPREPLY=($(compgen -W "auto path virtual" -- "$word")); return ;;
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--include --exclude-key --exact --max-object-size --allow-empty --select --exclude --detectors --min-confidence --include-test-data --output --overwrite --fail-on --baseline --strict --redact-names --origin --account-id --reveal --reveal-to --quiet --verbose --no-progress --help --version --endpoint-url --region --profile --no-sign-request --addressing-style --ca-bundle --no-verify-ssl --connections --retries --timeout --threads --memory --part-size --block-size --max-depth --max-members --max-member-size --max-total-size --max-ratio --max-seconds" -- "$word")); return ;;
        esac
        ;;
    detectors)
        case "$before" in
        --output) COMPREPLY=($(compgen -W "table json" -- "$word")); return ;;
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--select --exclude --detectors --min-confidence --include-test-data --output --reveal --verbose --help --version" -- "$word")); return ;;
        esac
        [ "$COMP_CWORD" -eq 2 ] && COMPREPLY=($(compgen -W "list show test" -- "$word")) && return
        ;;
    explain)
        case "$before" in
        --output) COMPREPLY=($(compgen -W "table json" -- "$word")); return ;;
        --addressing-style) COMPREPLY=($(compgen -W "auto path virtual" -- "$word")); return ;;
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--select --exclude --detectors --min-confidence --include-test-data --output --limit --verbose --help --version --endpoint-url --region --profile --no-sign-request --addressing-style --ca-bundle --no-verify-ssl --connections --retries --timeout --part-size --max-depth --max-members --max-member-size --max-total-size --max-ratio --max-seconds" -- "$word")); return ;;
        esac
        ;;
    diff)
        case "$before" in
        --output) COMPREPLY=($(compgen -W "table json" -- "$word")); return ;;
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--output --help --version" -- "$word")); return ;;
        esac
        ;;
    version)
        case "$before" in
        --output) COMPREPLY=($(compgen -W "table json" -- "$word")); return ;;
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--output --help --version" -- "$word")); return ;;
        esac
        ;;
    help)
        case "$before" in
        esac
        case "$word" in
        -*) COMPREPLY=($(compgen -W "--help --version" -- "$word")); return ;;
        esac
        COMPREPLY=($(compgen -W "scan detectors explain diff bench version help" -- "$word")); return
        ;;
    esac
    COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _assay assay
