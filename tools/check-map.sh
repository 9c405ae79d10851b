#!/bin/sh
# Every "`file` `function`" pair of docs/map.md must exist.
cd "$(dirname "$0")/.." || exit 1
bad=0
pairs=$(sed -nE 's/^\|[^|]*\| *`([^`]+)` *\| *`([^`]+)` *\|.*/\1 \2/p' docs/map.md)
[ -n "$pairs" ] || { echo "docs/map.md: no rows found"; exit 1; }
while read -r file symbol; do
	if [ ! -f "$file" ]; then
		echo "docs/map.md: no such file: $file"
		bad=1
	elif ! grep -qw "$symbol" "$file"; then
		echo "docs/map.md: $file has no $symbol"
		bad=1
	fi
done <<EOF
$pairs
EOF
exit $bad
