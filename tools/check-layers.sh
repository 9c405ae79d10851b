#!/bin/sh
# Fails if a file under src/ includes a folder that layers.txt puts above it, or beside it.
cd "$(dirname "$0")/.." || exit 1
find src -name '*.[ch]' | sort | xargs awk '
FNR == NR { if ($0 !~ /^#/ && NF) { n++; for (i = 1; i <= NF; i++) rank[$i] = n } ; next }
match($0, /^#[ \t]*include "[a-z0-9_]+\//) {
	match($0, /"[a-z0-9_]+\//); to = substr($0, RSTART + 1, RLENGTH - 2)
	if (split(FILENAME, part, "/") == 2) from = "main"; else from = part[2]
	if (from == "main") next
	if (!(from in rank)) { print FILENAME ": folder not in layers.txt: " from; bad = 1 }
	else if (!(to in rank)) { print FILENAME ":" FNR ": unknown folder " to; bad = 1 }
	else if (to != from && rank[to] >= rank[from]) { print FILENAME ":" FNR ": " from " may not include " to; bad = 1 }
}
END { exit bad }' tools/layers.txt
