#compdef refloat
# Completion of refloat for zsh: save as _refloat in a folder of $fpath, or source it.

_refloat() {
  local -a lines candidates
  local answer directive line word description
  answer="$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)" || return
  lines=("${(@f)answer}")
  directive=${lines[-1]#:}
  lines[-1]=()
  for line in "${lines[@]}"; do
    word=${line%%$'\t'*}
    description=""
    [[ $line == *$'\t'* ]] && description=${line#*$'\t'}
    word=${word//:/\\:}
    candidates+=("${word}${description:+:$description}")
  done
  [[ ${words[CURRENT]} == --*=* ]] && compset -P '--*='
  if (( ${#candidates} )); then
    _describe -V 'refloat' candidates
  elif (( directive & 16 )); then
    _files -/
  elif (( (directive & 4) == 0 )); then
    _files
  fi
}

if [[ ${funcstack[1]} == _refloat ]]; then
  _refloat "$@"
else
  compdef _refloat refloat
fi
