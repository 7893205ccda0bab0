# Completion of refloat for bash (3.2 and newer): source this file, for example from ~/.bashrc.

_refloat_complete() {
  # bash splits words at '=' and ':'; refloat wants them whole.
  local typed=() glue=0 word i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ ($word == [=:] || $glue == 1) && ${#typed[@]} -gt 0 ]]; then
      typed[${#typed[@]} - 1]+=$word
      glue=0
      [[ $word == [=:] ]] && glue=1
    else
      typed+=("$word")
    fi
  done
  local current="" answer directive candidate before
  [[ ${#typed[@]} -gt 0 ]] && current=${typed[${#typed[@]} - 1]}
  answer=$("${COMP_WORDS[0]}" __completeNoDesc "${typed[@]}" 2>/dev/null) || return
  directive=${answer##*:}
  answer=${answer%:*}
  # What bash holds for typed already, up to the last '=' or ':', must not be given again.
  [[ $current == --*=* ]] && current=${current#*=}
  before=${current%"${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ -n $candidate ]] && COMPREPLY+=("${candidate#"$before"}")
  done <<<"$answer"
  if [[ ${#COMPREPLY[@]} -eq 0 && $((directive & 4)) -eq 0 ]]; then
    if [[ $((directive & 16)) -ne 0 ]]; then
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -d -- "$current")
    else
      while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -f -- "$current")
    fi
    type compopt >/dev/null 2>&1 && compopt -o filenames
  fi
}
complete -F _refloat_complete refloat
