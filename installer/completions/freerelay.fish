# fish completion for freerelay: put it into ~/.config/fish/completions/.
complete -c freerelay -f
set -l commands start status mode pause resume stop show setup keys models ask benchmark completion
complete -c freerelay -n "not __fish_seen_subcommand_from $commands" -a "$commands"
complete -c freerelay -n "__fish_seen_subcommand_from start" -l headless -l demo -l hidden
complete -c freerelay -n "__fish_seen_subcommand_from start" -l port -x
complete -c freerelay -n "__fish_seen_subcommand_from start" -l host -x
complete -c freerelay -n "__fish_seen_subcommand_from start" -l mode -x -a "free paid auto"
complete -c freerelay -n "__fish_seen_subcommand_from mode" -a "free paid auto"
complete -c freerelay -n "__fish_seen_subcommand_from keys" -a "list add remove test"
complete -c freerelay -n "__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from list" -l json
complete -c freerelay -n "__fish_seen_subcommand_from keys; and __fish_seen_subcommand_from add" -l no-test
complete -c freerelay -n "__fish_seen_subcommand_from status models" -l json
complete -c freerelay -n "__fish_seen_subcommand_from models" -l all
complete -c freerelay -n "__fish_seen_subcommand_from ask benchmark" -l model -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l requests -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l concurrent -x
complete -c freerelay -n "__fish_seen_subcommand_from benchmark" -l stream
complete -c freerelay -n "__fish_seen_subcommand_from completion" -a "bash zsh fish"
