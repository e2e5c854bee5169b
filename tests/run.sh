#!/usr/bin/env bash
# Everything a change must pass: build with address and undefined-behaviour sanitizers, layout,
# clang-tidy, all tests, each benchmark for a moment.
#
#   tests/run.sh            what CI runs
#   tests/run.sh --full     also the long tests, clang-tidy over everything, the second compiler:
#                           about three and a half hours on two processors, most of it a day that is
#                           interrupted at each of its steps, in eight parts side by side
#   tests/run.sh --jobs 4   how many things at once (as many as processors)
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

full=no
jobs=$(nproc)
while (($#)); do
    case $1 in
    --full) full=yes ;;
    --jobs) jobs=${2:?--jobs takes a number} && shift ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 2 ;;
    esac
    shift
done

export CLICOLOR_FORCE=0
export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-16/bin/llvm-symbolizer
export UBSAN_OPTIONS=print_stacktrace=1:external_symbolizer_path=$ASAN_SYMBOLIZER_PATH
if [[ $full == yes ]]; then
    export CRMSYNC_FULL=1
fi
if [[ -z ${CRMSYNC_GRAPH_EXAMPLES:-} && -d ../shared/graph/examples ]]; then
    CRMSYNC_GRAPH_EXAMPLES=$(cd ../shared/graph/examples && pwd)
    export CRMSYNC_GRAPH_EXAMPLES
fi

names=()
took=()
results=()
result=0
# stage NAME FUNCTION: runs it in a shell of its own where the first failing command ends it; sets
# `result`. To be called plainly: in a condition the shell would overlook failures inside.
stage() {
    local started=$SECONDS
    echo
    echo "== $1"
    set +e
    (
        set -e
        "$2"
    )
    result=$?
    set -e
    names+=("$1")
    took+=($((SECONDS - started)))
    results+=("$result")
}

# Tells how it went and ends, with 0 only if every stage did.
finish() {
    local worst=0 i
    echo
    echo "== tests/run.sh"
    for i in "${!names[@]}"; do
        printf '%4d:%02d min  %-28s %s\n' $((took[i] / 60)) $((took[i] % 60)) "${names[i]}" \
            "$([[ ${results[i]} == 0 ]] && echo fine || echo FAILED)"
        [[ ${results[i]} == 0 ]] || worst=1
    done
    exit "$worst"
}

configure() {
    # The cache of a configure run that was interrupted may be half written.
    cmake --preset "$1" -Wno-dev >"build/configure-$1.log" 2>&1 ||
        cmake --preset "$1" -Wno-dev --fresh || return 1
    echo "configured build/$1"
}

packages() { deploy/packages.sh build test; }

build_asan() {
    configure asan
    nice cmake --build --preset asan -j "$jobs"
}

layout() {
    git ls-files '*.cpp' '*.hpp' | xargs -r clang-format-16 --dry-run -Werror
    git ls-files '*.sh' .ci/run | xargs -r shellcheck --severity=warning --external-sources
    echo "layout of $(git ls-files '*.cpp' '*.hpp' | wc -l) files is fine"
}

tidy() {
    if [[ $full == yes ]]; then
        nice tests/tidy.sh --full --jobs "$jobs"
    else
        nice tests/tidy.sh --jobs "$jobs"
    fi
}

all_tests() { ctest --preset asan --label-exclude bench --no-tests=error -j "$jobs"; }

build_release() {
    configure release
    nice cmake --build --preset release -j "$jobs" --target crmsync exchange-sim crmsync_benches
}

bench_smoke() {
    local programs program
    programs=$(ninja -C build/release -t targets all | sed -n 's,^\(tests/bench/[^/:]*\): CXX_EXECUTABLE_LINKER.*,\1,p')
    if [[ -z $programs ]]; then
        echo "there are no benchmarks"
        return 1
    fi
    for program in $programs; do
        echo "-- $program --smoke"
        timeout --kill-after=10 120 "build/release/$program" --smoke
    done
}

build_gcc() {
    configure gcc
    nice cmake --build --preset gcc -j "$jobs"
    ctest --preset gcc --label-regex unit --no-tests=error -j "$jobs"
}

for folder in build build/asan build/release; do
    if ! mkdir -p "$folder" 2>/dev/null || [[ ! -w $folder ]] || [[ -e $folder/.ninja_log && ! -w $folder/.ninja_log ]]; then
        echo "tests/run.sh: $PWD/$folder belongs to another user, who built there: remove it as that user, or give it to $(id -un) with chown -R" >&2
        exit 1
    fi
done
stage "packages" packages
((result == 0)) || finish
stage "build with sanitizers" build_asan
((result == 0)) || finish
stage "layout" layout
stage "tests" all_tests
stage "clang-tidy" tidy
stage "build release, benchmarks" build_release
if ((result == 0)); then
    stage "benchmarks, a moment each" bench_smoke
fi
if [[ $full == yes ]]; then
    stage "build and unit tests with gcc" build_gcc
fi
finish
