# shellcheck shell=bash disable=SC2154 # sourced by demo.sh
# What the demo says, and how it waits: for facts, each with a deadline.

bold='' dim='' plain=''
if [[ -t 1 ]]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
fi

step() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
say() { printf '   %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "demo.sh" "$*" >&2
    exit 1
}

# scene TIME TEXT: what a person does.
scene() { printf '\n%s%s  %s%s\n' "$bold" "$1" "$2" "$plain"; }
# answer TEXT: what became of it.
answer() { printf '       %s\n' "$*"; }

longest_wait=90
# wait_for WHAT COMMAND ...: runs the command, several times a second, until it succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + longest_wait)) told=no
    local told_at=$((SECONDS + 4))
    shift
    until "$@" 2>"$logs/waiting.log"; do
        if ((SECONDS >= deadline)); then
            fail "waited ${longest_wait} s in vain for this: $what; see $logs/crmsync.log"
        fi
        if ((SECONDS >= told_at)) && [[ $told == no ]]; then
            say "${dim}waiting: $what${plain}"
            told=yes
        fi
        still_alive
        sleep 0.1
    done
}

# holds SQL: true where the query's first column says t.
holds() { [[ $(query "$1") == t ]]; }
