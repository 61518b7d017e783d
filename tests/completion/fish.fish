# SPDX-License-Identifier: MIT
#
# fish.fish COMPLETION LINE... - writes for each line "== LINE", and what fish would offer behind it,
# without the descriptions.
source $argv[1]; or exit 1
for line in $argv[2..-1]
    printf '== %s\n' $line
    complete -C $line | string replace -r '\t.*' ''
end
true
