# bash completion for freerelay: source it, or put it into /usr/share/bash-completion/completions/.
_freerelay() {
    local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words=""
    if ((COMP_CWORD == 1)); then
        words="start status mode pause resume stop show setup keys apps connect launch models requests quota ask benchmark audit doctor completion --help --version"
    else
        case $command in
        start) words="--headless --port --host --mode --demo --hidden --developer --chaos --help" ;;
        status) words="--json --help" ;;
        mode) words="free paid auto" ;;
        keys)
            if ((COMP_CWORD == 2)); then
                words="list add remove test"
            else
                case ${COMP_WORDS[2]} in
                list) words="--json --help" ;;
                add) words="--no-test --help" ;;
                esac
            fi
            ;;
        apps)
            if ((COMP_CWORD == 2)); then
                words="list add set revoke restore --json"
            else
                case ${COMP_WORDS[2]} in
                list) words="--json --help" ;;
                add) words="--scopes --models --mode --budget --json --help" ;;
                set) words="--name --scopes --models --mode --budget --json --help" ;;
                esac
            fi
            ;;
        audit)
            if ((COMP_CWORD == 2)); then
                words="verify head export"
            else
                case ${COMP_WORDS[2]} in
                verify) words="--folder --public-key --checkpoint --partial --json --help" ;;
                head) words="--folder --help" ;;
                export) words="--folder --from --to --help" ;;
                esac
            fi
            ;;
        connect) words="claude codex opencode openclaw continue cline zed aider qwen gemini goose open-webui langchain shell cursor --list --all --dry-run --undo --json --help" ;;
        launch) words="claude codex opencode aider qwen gemini goose --help" ;;
        models) words="--all --json --help" ;;
        requests) words="replay --limit --provider --model --app --status --text --json --help" ;;
        quota) words="--provider --json --help" ;;
        ask) words="--model --help" ;;
        benchmark) words="--requests --concurrent --stream --model --help" ;;
        doctor) words="--recover --json --help" ;;
        completion) words="bash zsh fish" ;;
        esac
        [[ ${COMP_WORDS[COMP_CWORD - 1]} == --mode ]] && words="free paid auto"
        [[ ${COMP_WORDS[COMP_CWORD - 1]} == --status ]] && words="2xx 4xx 5xx failed"
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _freerelay freerelay
