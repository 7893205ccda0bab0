# Completion of refloat for fish: save as ~/.config/fish/completions/refloat.fish.

function __refloat_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($tokens[1] __complete $tokens[2..-1] "$current" 2>/dev/null)
    test (count $lines) -gt 0; or return
    set -l directive (string replace ':' '' -- $lines[-1])
    set -e lines[-1]
    # fish completes whole words, with the option in front.
    set -l before ''
    if string match -q -- '--*=*' $current
        set before (string replace -r '=.*' '=' -- $current)
    end
    for line in $lines
        echo $before$line
    end
    test (count $lines) -eq 0; and test (math "bitand($directive, 4)") -eq 0; or return
    set -l path (string replace -r -- '^--[^=]*=' '' $current)
    set -l paths (__fish_complete_path $path)
    if test (math "bitand($directive, 16)") -ne 0
        set paths (__fish_complete_directories $path)
    end
    for candidate in $paths
        echo $before$candidate
    end
end

complete -c refloat -f -k -a '(__refloat_complete)'
