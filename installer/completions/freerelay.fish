# fish completion for freerelay: put it into ~/.config/fish/completions/.
complete -c freerelay -f
set -l commands start status mode pause resume stop show setup keys apps connect launch models requests quota ask benchmark audit doctor completion
complete -c freerelay -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c freerelay -n "__fish_seen_subcommand_from start" -l headless -l demo -l hidden -l developer -l chaos
complete -c freerelay -n "__fish_seen_subcommand_from start" -l port -x
complete -c freerelay -n "__fish_seen_subcommand_from start" -l host -x
complete -c freerelay -n "__fish_seen_subcommand_from start" -l mode -x -a "free paid auto"
complete -c freerelay -n "__fish_seen_subcommand_from mode" -a "free paid auto"
complete -c freerelay -n "__fish_seen_subcommand_from keys" -a "list add remove test"
complete -c freerelay -n "__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from list" -l json
complete -c freerelay -n "__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from add" -l no-test
complete -c freerelay -n "__fish_seen_subcommand_from apps; and not __fish_seen_subcommand_from list add set revoke restore" -a "list add set revoke restore"
complete -c freerelay -n "__fish_seen_subcommand_from apps; and __fish_seen_subcommand_from add set" -l scopes -x
complete -c freerelay -n "__fish_seen_subcommand_from apps; and __fish_seen_subcommand_from add set" -l models -x
complete -c freerelay -n "__fish_seen_subcommand_from apps; and __fish_seen_subcommand_from add set" -l mode -x -a "free paid auto default"
complete -c freerelay -n "__fish_seen_subcommand_from apps; and __fish_seen_subcommand_from add set" -l budget -x
complete -c freerelay -n "__fish_seen_subcommand_from apps; and __fish_seen_subcommand_from set" -l name -x
complete -c freerelay -n "__fish_seen_subcommand_from connect" -l list -l all -l dry-run -l undo -l json
complete -c freerelay -n "__fish_seen_subcommand_from connect" -a "claude codex opencode openclaw continue cline zed aider qwen gemini goose open-webui langchain shell cursor"
complete -c freerelay -n "__fish_seen_subcommand_from launch" -a "claude codex opencode aider qwen gemini goose"
complete -c freerelay -n "__fish_seen_subcommand_from audit; and not __fish_seen_subcommand_from verify head export" -a "verify head export"
complete -c freerelay -n "__fish_seen_subcommand_from audit" -l folder -r -F
complete -c freerelay -n "__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from verify" -l public-key -r -F
complete -c freerelay -n "__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from verify" -l checkpoint -r -F
complete -c freerelay -n "__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from verify" -l partial -l json
complete -c freerelay -n "__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from export" -l from -x
complete -c freerelay -n "__fish_seen_subcommand_from audit; and __fish_seen_subcommand_from export" -l to -x
complete -c freerelay -n "__fish_seen_subcommand_from status models requests quota doctor apps" -l json
complete -c freerelay -n "__fish_seen_subcommand_from models" -l all
complete -c freerelay -n "__fish_seen_subcommand_from ask benchmark requests" -l model -x
complete -c freerelay -n "__fish_seen_subcommand_from requests; and not __fish_seen_subcommand_from replay" -a "replay"
complete -c freerelay -n "__fish_seen_subcommand_from requests" -l limit -x
complete -c freerelay -n "__fish_seen_subcommand_from requests quota" -l provider -x
complete -c freerelay -n "__fish_seen_subcommand_from requests" -l app -x
complete -c freerelay -n "__fish_seen_subcommand_from requests" -l status -x -a "2xx 4xx 5xx failed"
complete -c freerelay -n "__fish_seen_subcommand_from requests" -l text -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l requests -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l concurrent -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l stream
complete -c freerelay -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
complete -c freerelay -n "__fish_seen_subcommand_from doctor" -l recover
