#!/usr/bin/env bash
# A private PostgreSQL for tests: unix socket only, its own data folder, never another server.
#
#   postgres.sh start FOLDER    starts it, unless it runs already
#   postgres.sh stop FOLDER     stops it and removes the folder (kept while CRMSYNC_KEEP_TEST_DB=1)
#
# It does without fsync, since nothing in it outlives the tests; CRMSYNC_TEST_FSYNC=on for whoever measures,
# CRMSYNC_TEST_PRELOAD=pg_stat_statements for who wants to know which statements take the time.
# FOLDER must be short: a socket's path ends at 107 bytes. Everybody who can enter it may connect as
# crmsync; it belongs to the user the server runs as and nobody else can enter it but root.
set -euo pipefail

(($# == 2)) || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
action=$1
folder=$(readlink -m "$2")
data=$folder/data
cd / # the server's user may not be allowed where we are

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

find_programs() {
    local candidate
    for candidate in "$(pg_config --bindir 2>/dev/null || true)" /usr/lib/postgresql/*/bin; do
        [[ -x $candidate/initdb && -x $candidate/pg_ctl ]] && bin=$candidate && return
    done
    fail "PostgreSQL's programs were not found; install the package postgresql-15"
}

# The server refuses to run as root: then it runs as the system user that Debian's package made.
if ((EUID == 0)); then
    getent passwd postgres >/dev/null ||
        useradd --system --user-group --no-create-home --shell /usr/sbin/nologin postgres
    owner=postgres
    as_owner=(setpriv --reuid=postgres --regid=postgres --clear-groups)
else
    owner=$(id -un)
    as_owner=()
fi

# Our postmaster's process, if it lives: a stale pid file may name somebody else's by now.
running_pid() {
    local pid
    pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$data" ]] && echo "$pid"
}

answers() { "$bin/pg_isready" --quiet --host="$folder" --timeout=5; }

stop_server() {
    local pid
    if pid=$(running_pid); then
        "${as_owner[@]}" "$bin/pg_ctl" stop -D "$data" -m immediate -w -t 60 >/dev/null ||
            fail "process $pid does not stop"
    fi
}

start() {
    if [[ -d $folder && $(stat -c %U "$folder") != "$owner" ]]; then
        fail "$folder belongs to $(stat -c %U "$folder"), not to $owner; remove it"
    fi
    if running_pid >/dev/null && answers; then
        echo "PostgreSQL for tests runs already in $folder"
        return
    fi
    stop_server
    rm -rf "$folder"
    mkdir -m 700 "$folder"
    chown "$owner" "$folder"
    "${as_owner[@]}" "$bin/initdb" -D "$data" --username=crmsync --auth-local=trust \
        --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 >"$folder/initdb.log" ||
        fail "initdb failed: $(tail -n 1 "$folder/initdb.log")"
    "${as_owner[@]}" "$bin/pg_ctl" start -D "$data" -l "$folder/server.log" -w -t 120 \
        -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c max_connections=200 -c fsync=${CRMSYNC_TEST_FSYNC:-off} -c shared_preload_libraries='${CRMSYNC_TEST_PRELOAD:-}'" \
        >/dev/null || fail "the server did not start: $(tail -n 1 "$folder/server.log")"
    echo "PostgreSQL for tests started in $folder"
}

stop() {
    if [[ ${CRMSYNC_KEEP_TEST_DB:-} == 1 ]] && running_pid >/dev/null; then
        echo "PostgreSQL for tests keeps running in $folder; stop it with: $0 stop $folder"
        return
    fi
    stop_server
    rm -rf "$folder"
    echo "PostgreSQL for tests stopped"
}

find_programs
case $action in
start | stop) "$action" ;;
*) fail "unknown action $action" ;;
esac
