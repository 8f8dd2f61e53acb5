#!/bin/sh
# Prints the most frequent words of a file: "COUNT WORD" on each line, the most frequent first, words of one count in alphabetical order.
#
#   top-words.sh FILE N
#
# Words are in bytes: A-Z is lower-cased, and every byte outside [a-z0-9'] separates. Any POSIX sh and awk will do.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: top-words.sh FILE N" >&2
    exit 2
fi
if [ ! -r "$1" ]; then
    echo "top-words.sh: cannot read $1" >&2
    exit 1
fi

LC_ALL=C
export LC_ALL

tr 'A-Z' 'a-z' <"$1" |
    tr -cs "a-z0-9'" '\n' |
    sort |
    uniq -c |
    sort -k1,1nr -k2,2 |
    awk -v top="$2" '$2 != "" && ++shown <= top { print $1, $2 }'
