# Bash completion for `.venv/bin/python -m ops …`, and any other python:  source ops/completion.bash
#
# click's own script completes a program that has a name on the PATH; `-m ops` has none.

_ops_completion() {
    local type value
    COMPREPLY=()
    # Any other use of python is completed as before: complete's -o options below.
    [ "${COMP_WORDS[1]}" = -m ] && [ "${COMP_WORDS[2]}" = ops ] && [ "$COMP_CWORD" -gt 2 ] || return
    while IFS=, read -r type value; do
        case $type in
        plain) COMPREPLY+=("$value") ;;
        dir) compopt -o dirnames ;;
        file) compopt -o default ;;
        esac
    done < <(COMP_WORDS="${COMP_WORDS[*]:2}" COMP_CWORD=$((COMP_CWORD - 2)) \
        _OPS_COMPLETE=bash_complete "$1" -m ops 2>/dev/null)
}

complete -o bashdefault -o default -o nosort -F _ops_completion python python3 .venv/bin/python
