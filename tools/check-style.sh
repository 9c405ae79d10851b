#!/bin/sh
# House rules that a machine can see. Each match is a fault; see CONTRIBUTING.md for the reasons.
cd "$(dirname "$0")/.." || exit 1
bad=0
fault() { # fault TEXT PATTERN FILES...
	text=$1 pattern=$2
	shift 2
	if grep -nE "$pattern" "$@" /dev/null; then
		echo "^ $text"
		bad=1
	fi
}
sources=$(find src -name '*.[ch]' | sort)
# shellcheck disable=SC2086
{
	fault 'unbounded or silently failing C library call' \
		'\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|strtok|alloca|scanf|sscanf|rand)\(' $sources
	fault 'secrets are compared in constant time, wiped with explicit_bzero' '\bbzero\(' $sources
	fault 'unfinished mark' '\b(TODO|FIXME|XXX|HACK)\b' $sources
	fault 'a header needs #pragma once' '^#ifndef [A-Z_]+_H' $sources
}
for f in $sources; do
	case $f in
	*.h) grep -q '^#pragma once' "$f" || { echo "$f: no #pragma once"; bad=1; } ;;
	esac
	head -n 3 "$f" | grep -q '@file' || { echo "$f: no @file line"; bad=1; }
done
# functions over 100 lines, files over 800
for f in $sources; do
	awk -v f="$f" '
		/^\{/ { start = FNR }
		/^\}/ { if (start && FNR - start > 100) { print f ":" start ": function of " FNR - start " lines"; bad = 1 } start = 0 }
		END { if (FNR > 800) { print f ": " FNR " lines"; bad = 1 } exit bad }' "$f" || bad=1
done
exit $bad
