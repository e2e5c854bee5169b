#!/usr/bin/env bash
# clang-tidy-16 over the .cpp files of the last 30 commits and those that include their headers;
# with --full over all. A file that passed is remembered by the contents of everything it is made of,
# so a second run looks only at what changed.
#
#   tests/tidy.sh [--full] [--jobs N] [--build build/asan] [FILE.cpp ...]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

full=no
jobs=$(nproc)
build=build/asan
files=()
while (($#)); do
    case $1 in
    --full) full=yes ;;
    --jobs) jobs=$2 && shift ;;
    --build) build=$2 && shift ;;
    -*) echo "usage: tests/tidy.sh [--full] [--jobs N] [--build FOLDER] [FILE.cpp ...]" >&2 && exit 2 ;;
    *) files+=("$1") ;;
    esac
    shift
done
work=$build/tidy
remembered=${XDG_CACHE_HOME:-$HOME/.cache}/crmsync-tidy
mkdir -p "$work" "$remembered"

# Which files. A changed header counts for every .cpp that names it in an #include.
git ls-files '*.cpp' >"$work/all"
if ((${#files[@]})); then
    printf '%s\n' "${files[@]}" >"$work/chosen"
elif [[ $full == yes ]]; then
    cp "$work/all" "$work/chosen"
else
    {
        git log -30 --format= --name-only -- '*.cpp' '*.hpp'
        git diff --name-only HEAD -- '*.cpp' '*.hpp'
    } | sort -u >"$work/changed"
    grep '\.hpp$' "$work/changed" | sed -E 's,^(lib|tests|daemon)/,,; s,.*,#include "&",' >"$work/headers" || true
    {
        grep -xFf "$work/all" "$work/changed" || true
        xargs -r -a "$work/all" grep -lFf "$work/headers" || true
    } | sort -u >"$work/chosen"
fi

# What each file is made of, as the build last read it: one line "file header header ...".
ninja -C "$build" -t deps | awk -v root="$PWD/" '
    /^[^ ].*#deps/ { if (line != "") print line; line = ""; next }
    index($1, root) == 1 && $1 !~ /\/build\// { line = line (line == "" ? "" : " ") substr($1, length(root) + 1) }
    END { if (line != "") print line }' >"$work/deps"

fingerprint() {
    local made_of
    # shellcheck disable=SC2086 # one word per file
    made_of=$(awk -v f="$1" '{ for (i = 1; i <= NF; ++i) if ($i == f) { print; exit } }' "$work/deps")
    # shellcheck disable=SC2086
    { clang-tidy-16 --version | head -2; sha256sum .clang-tidy lib/pch.hpp "$1" $made_of; } | sha256sum | cut -d' ' -f1
}
export -f fingerprint
export work build remembered

look() {
    local file=$1 at started=$SECONDS key
    at="$(wc -l <"$work/begun")/$(wc -l <"$work/chosen")"
    if ! grep -qF "\"$PWD/$file\"" "$build/compile_commands.json"; then
        echo "[$at] $file is in no target of this build"
        return 0
    fi
    key=$(fingerprint "$file")
    if [[ -e $remembered/$key ]]; then
        return 0
    fi
    if clang-tidy-16 -p "$build" --quiet "$file" >"$work/$key.out" 2>"$work/$key.err"; then
        touch "$remembered/$key"
        echo "[$at] $file ($((SECONDS - started)) s)"
    else
        echo "[$at] $file: FAILED"
        cat "$work/$key.out"
        grep -E 'error:' "$work/$key.err" || true
        return 1
    fi
}
export -f look

: >"$work/begun"
# shellcheck disable=SC2016 # expanded by the inner shell
if xargs -r -a "$work/chosen" -P "$jobs" -I{} bash -c 'echo {} >>"$work/begun"; look {}'; then
    echo "clang-tidy: $(wc -l <"$work/chosen") files are fine"
else
    echo "clang-tidy: see above" >&2
    exit 1
fi
