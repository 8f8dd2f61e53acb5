#!/bin/sh
# Prints the most frequent words of a file, one a line: count, blank, word. Most frequent first, equal ones in alphabetical order.
# Words are bytes: A-Z count as a-z, and every byte outside [a-z0-9'] separates, NUL included.
# Usage: top-words.sh FILE [N]
set -eu
LC_ALL=C
export LC_ALL

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: top-words.sh FILE [N]" >&2
    exit 2
fi
file=$1
top=${2:-3}
if [ ! -f "$file" ] || [ ! -r "$file" ]; then
    echo "top-words.sh: cannot read $file" >&2
    exit 1
fi

tr 'A-Z' 'a-z' <"$file" |
    tr -c "a-z0-9'" '\n' |
    awk 'length($0) { seen[$0]++ } END { for (word in seen) print seen[word], word }' |
    sort -k1,1nr -k2,2 |
    awk -v top="$top" 'NR <= top'
