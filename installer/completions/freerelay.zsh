#compdef freerelay
# zsh completion for freerelay: put it as _freerelay into a folder of $fpath.
_freerelay() {
    local -a commands
    commands=(
        'start:start the gateway' 'status:what is running' 'mode:show or set the mode'
        'pause:answer no requests' 'resume:answer again' 'stop:end the program'
        'show:bring up the window' 'setup:lead through the first providers'
        'connect:point tools at FreeRelay' 'launch:run a tool that uses FreeRelay'
        'keys:provider keys' 'apps:apps with keys of their own' 'models:models that can be used'
        'requests:recorded requests' 'quota:what is used of the quotas' 'ask:ask a question'
        'benchmark:measure the running gateway' 'audit:the audit trail' 'doctor:look for what is wrong' 'completion:print a completion script')
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    case $words[2] in
    start) _arguments '--headless' '--port:port' '--host:address' '--mode:mode:(free paid auto)' '--demo' '--hidden' '--developer' '--chaos:rule' ;;
    status) _arguments '--json' ;;
    mode) _values mode free paid auto ;;
    keys)
        if ((CURRENT == 3)); then
            _values action list add remove test
        else
            case $words[3] in
            list) _arguments '--json' ;;
            add) _arguments '--no-test' ;;
            esac
        fi
        ;;
    apps)
        if ((CURRENT == 3)); then
            _values action list add set revoke restore
        else
            case $words[3] in
            list) _arguments '--json' ;;
            add) _arguments '1:name' '--scopes:scopes' '--models:models' '--mode:mode:(free paid auto default)' '--budget:dollars a day' '--json' ;;
            set) _arguments '1:app' '--name:name' '--scopes:scopes' '--models:models' '--mode:mode:(free paid auto default)' '--budget:dollars a day' '--json' ;;
            esac
        fi
        ;;
    audit)
        if ((CURRENT == 3)); then
            _values action verify head export
        else
            case $words[3] in
            verify) _arguments '--folder:folder:_files -/' '*--public-key:file:_files' '--checkpoint:file:_files' '--partial' '--json' ;;
            head) _arguments '--folder:folder:_files -/' ;;
            export) _arguments '1:folder:_files -/' '--folder:folder:_files -/' '--from:day' '--to:day' ;;
            esac
        fi
        ;;
    connect) _arguments '*:tool:(claude codex opencode openclaw continue cline zed aider qwen gemini goose open-webui langchain shell cursor)' '--list' '--all' '--dry-run' '--undo' '--json' ;;
    launch) _arguments '1:tool:(claude codex opencode aider qwen gemini goose)' ;;
    models) _arguments '--all' '--json' ;;
    requests) _arguments '1:order:(replay)' '--limit:number' '--provider:provider' '--model:model' '--app:program' '--status:status:(2xx 4xx 5xx failed)' '--text:part of the error' '--json' ;;
    quota) _arguments '--provider:provider' '--json' ;;
    ask) _arguments '--model:model' ;;
    benchmark) _arguments '--requests:number' '--concurrent:number' '--stream' '--model:model' ;;
    doctor) _arguments '--recover' '--json' ;;
    completion) _values shell bash zsh fish ;;
    esac
}
_freerelay "$@"
