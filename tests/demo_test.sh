#!/usr/bin/env bash
# Plays the first scene of deploy/demo.sh several times, in a state folder of its own: killed without
# warning, started after that while a port is taken, ended by Ctrl-C in the day and during the start.
# .ci/run calls it when the release build is there; it takes about half a minute.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
set -m # each demo is a process group of its own, as in a terminal, and hears SIGINT

longest_second_start=10
state=$(readlink -f "$(mktemp -d "${TMPDIR:-/tmp}/crmsync-demo-test.XXXXXX")")
chmod 0755 "$state"
output=$state/output
demo='' holder='' began=0

fail() {
    echo "tests/demo_test.sh: $*" >&2
    [[ ! -e $output ]] || tail -20 "$output" >&2
    exit 1
}

# Processes that run our copies of the programs, or the database in our folder.
ours() {
    find /proc -maxdepth 2 \( -name exe -lname "$state/bin/*" -o -name cwd -lname "$state/postgres" \) \
        2>/dev/null | cut -d/ -f3 || true
}

# wait_until SECONDS WHAT COMMAND ...
wait_until() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || fail "waited in vain until $what"
        sleep 0.05
    done
}
none_left() { [[ -z $(ours) ]]; }
# Also nothing else the demo's shell has started.
all_ended() { none_left && ! kill -0 -- "-$demo" 2>/dev/null; }

end_everything() {
    local pid
    [[ -z $demo ]] || kill -TERM "$demo" 2>/dev/null || true
    [[ -z $holder ]] || kill -TERM "$holder" 2>/dev/null || true
    for _ in {1..100}; do
        ! none_left || break
        sleep 0.1
    done
    for pid in $(ours); do
        kill -KILL "$pid" 2>/dev/null || true
    done
    rm -rf "$state"
}
trap end_everything EXIT

start_demo() {
    : >"$output" # the last one's words are not this one's
    began=$(date +%s%N)
    CRMSYNC_DEMO_STATE=$state deploy/demo.sh </dev/null >"$output" 2>&1 &
    demo=$!
}
says() {
    grep -q "$1" "$output" && return
    kill -0 "$demo" 2>/dev/null || fail "the demo ended too early"
    return 1
}
first_scene() { wait_until 60 "the demo shows its first scene" says '^08:05 '; }
second_first_scene() {
    local took
    first_scene
    took=$((($(date +%s%N) - began) / 1000000))
    echo "$1: first scene after $took ms"
    if ((took >= longest_second_start * 1000)); then
        # On a machine that does much else at the same time this says nothing.
        awk -v processors="$(nproc)" '{ exit !($1 > 2 * processors) }' /proc/loadavg ||
            fail "a second start may take ${longest_second_start} s to its first scene"
        echo "   which is not judged, with a load of $(cut -d' ' -f1 /proc/loadavg)"
    fi
}
ctrl_c() {
    local status=0
    kill -INT -- "-$demo"
    wait_until 20 "Ctrl-C has ended everything" all_ended
    wait "$demo" || status=$?
    ((status == 130)) || fail "Ctrl-C ended the demo with $status instead of 130"
    echo "$1: Ctrl-C leaves no process"
}

# The first port that the demo would take, or the next one that can be had, is in use all the time.
perl -MSocket -e '
    $| = 1;
    for my $port (8480 .. 8579) {
        socket(my $socket, PF_INET, SOCK_STREAM, 0) or die $!;
        setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die $!;
        bind($socket, sockaddr_in($port, INADDR_LOOPBACK)) && listen($socket, 1) or next;
        print "$port\n";
        sleep 300;
        last;
    }' >"$state/taken" &
holder=$!
disown # no word about its end
wait_until 10 "a port is taken" test -s "$state/taken"

start_demo
first_scene
kill -KILL "$demo"
wait "$demo" 2>/dev/null || true
left=$(ours)
[[ -n $left ]] || fail "the killed demo left no process; this proves nothing"

start_demo
second_first_scene "after kill -9, with a port taken"
now=$(ours)
for pid in $left; do
    ! grep -qx "$pid" <<<"$now" || fail "process $pid of the killed demo is still there"
done
says "port $(<"$state/taken") is taken" || fail "the demo never tried the port that is taken"
ctrl_c "in the day"

start_demo
second_first_scene "after Ctrl-C"
ctrl_c "in the day"

start_demo
wait_until 30 "PostgreSQL starts" test -e "$state/postgres/postmaster.pid"
ctrl_c "during the start"
echo "tests/demo_test.sh: fine"
