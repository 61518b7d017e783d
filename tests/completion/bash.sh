# SPDX-License-Identifier: MIT
#
# bash.sh COMPLETION LINE... - writes for each line "== LINE", and what bash would offer behind it. The
# line is cut into words as readline does it, at '=' and ':' too.
source "$1" || exit 1
shift
for COMP_LINE; do
    COMP_POINT=${#COMP_LINE}
    mapfile -t COMP_WORDS < <(grep -oE '[=:]+|[^=: ]+' <<<"$COMP_LINE")
    [[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _sandbox sandbox
    printf '== %s\n' "$COMP_LINE"
    [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
done
