# Asks for a secret line and a plain one, for ever: `terminal_fields.sh NAME`; the title tells their lengths.
secret="" plain=""
while :; do
  printf '\033]2;%s %s %s\007' "$1" "${#secret}" "${#plain}"
  read -rs secret || exit 0
  printf '\033]2;%s %s %s\007' "$1" "${#secret}" "${#plain}"
  read -r plain || exit 0
done
