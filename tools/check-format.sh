#!/bin/sh
# Fails if clang-format would change a file.
cd "$(dirname "$0")/.." || exit 1
find src tests $(ls -d include bench 2>/dev/null) -name '*.[ch]' -not -path '*/data/*' | sort | xargs clang-format --dry-run --Werror
