# SPDX-License-Identifier: MIT
#
# zsh.zsh COMPLETION LINE... - writes for each line "== LINE", and what zsh would offer behind it.
# Completion exists in an interactive shell alone: one is run in a terminal of its own, and made to
# write down each match.
zmodload zsh/zpty zsh/datetime || exit 1
completion=$1:A:h scratch=$(mktemp -d) || exit 1
trap 'rm -rf $scratch' EXIT
shift

cat >$scratch/setup <<SETUP
fpath=($completion \$fpath)
autoload -Uz compinit && compinit -D -u
scratch=$scratch
SETUP
cat >>$scratch/setup <<'SETUP'
compadd() {
  local -a hits
  # with one of these it fills arrays, and offers nothing
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  builtin compadd -A hits "$@"
  (( ! $#hits )) || print -rl -- $IPREFIX${^hits} >>$scratch/out
  builtin compadd "$@"
}
# neither shown nor put into the line
quietly() {
  compstate[list]= compstate[insert]=
}
answer() {
  comppostfuncs=(quietly)
  BUFFER="$(<$scratch/line)"
  CURSOR=$#BUFFER
  zle complete-word
  BUFFER=
  : >$scratch/done
}
zle -N answer
bindkey '^T' answer
unsetopt beep
: >$scratch/done
SETUP

# Waits for the other shell, and reads what it shows, or its terminal would fill up.
wait_for() {
  local deadline=$(( EPOCHREALTIME + 20 )) shown
  until [[ -e $scratch/done ]]; do
    (( EPOCHREALTIME < deadline )) || { print -u2 "zsh does not answer: $1"; exit 1 }
    zpty -rt shell shown || sleep 0.02
  done
  rm $scratch/done
}

zpty shell 'zsh -f -i' || exit 1
zpty -w shell "source $scratch/setup"
wait_for setup
for line; do
  print -rn -- $line >$scratch/line
  : >$scratch/out
  zpty -w -n shell $'\x14'
  wait_for $line
  print -r -- "== $line"
  cat $scratch/out
done
zpty -d shell
