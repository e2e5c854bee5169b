#!/usr/bin/env bash
# clang-tidy-16 over the .cpp files of the last 30 commits and those that read one of their headers,
# however deep; with --full over all, which takes 35 minutes on two processors with nothing
# remembered. Where that would be more than 120 files (ten minutes), those .cpp files count, and of
# each header one that reads it. A file that passed is remembered by the contents of everything it is
# made of, so a second run looks only at what changed.
#
#   tests/tidy.sh [--full] [--list] [--jobs N] [--build build/asan] [FILE.cpp ...]
#
# --list names the files and ends. The folder must have been built: what a file reads is the
# compiler's own account of that build.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

full=no
list=no
jobs=$(nproc)
build=build/asan
files=()
while (($#)); do
    case $1 in
    --full) full=yes ;;
    --list) list=yes ;;
    --jobs) jobs=$2 && shift ;;
    --build) build=$2 && shift ;;
    -*) echo "usage: tests/tidy.sh [--full] [--list] [--jobs N] [--build FOLDER] [FILE.cpp ...]" >&2 && exit 2 ;;
    *) files+=("$1") ;;
    esac
    shift
done
work=$build/tidy
remembered=${XDG_CACHE_HOME:-$HOME/.cache}/crmsync-tidy
mkdir -p "$work" "$remembered"

# What each file is made of, as the build last read it: one line "file header header ...". The
# build's paths are relative to its folder where the compiler cache made them so.
ninja -C "$build" -t deps | awk -v root="$PWD/" -v up="$(realpath --relative-to="$build" .)/" '
    function print_object() { if (source != "") print source headers; source = headers = "" }
    /^[^ ].*#deps/ { print_object(); next }
    index($1, root) == 1 { path = substr($1, length(root) + 1) }
    index($1, up) == 1 { path = substr($1, length(up) + 1) }
    path ~ /\.cpp$/ { source = path }
    path ~ /\.hpp$/ { headers = headers " " path }
    { path = "" }
    END { print_object() }' >"$work/deps"
if ! grep -q '\.hpp' "$work/deps"; then
    echo "tests/tidy.sh: $build does not say what its files are made of; build it first" >&2
    exit 1
fi

# Which files.
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
    {
        cat "$work/changed"
        awk 'FILENAME ~ /changed$/ { changed[$1]; next }
            { for (i = 1; i <= NF; ++i) if ($i in changed) { print $1; next } }' "$work/changed" "$work/deps"
    } | sort -u | grep -xFf "$work/all" >"$work/chosen" || true
    if (($(wc -l <"$work/chosen") > 120)); then
        echo "clang-tidy: $(wc -l <"$work/chosen") files are in reach of the last changes; looking at one for each header" >&2
        {
            cat "$work/changed"
            # A header's own .cpp, else the first that reads it.
            awk 'FILENAME ~ /changed$/ { headers[$1]; next }
                { for (i = 2; i <= NF; ++i) if ($i in headers) {
                    own = $i; sub(/hpp$/, "cpp", own)
                    if (!($i in reader) || own == $1) reader[$i] = $1 } }
                END { for (header in reader) print reader[header] }' "$work/changed" "$work/deps"
        } | sort -u | grep -xFf "$work/all" >"$work/chosen" || true
    fi
fi
if [[ $list == yes ]]; then
    cat "$work/chosen"
    exit 0
fi

fingerprint() {
    local made_of
    # shellcheck disable=SC2086 # one word per file
    made_of=$(awk -v f="$1" '$1 == f { print; exit }' "$work/deps")
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
