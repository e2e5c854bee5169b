# shellcheck shell=bash disable=SC2034,SC2154 # sourced by demo.sh, which has the variables
# A PostgreSQL of the demo's own: data folder below the state folder, no network port, a socket in a
# folder that only the demo's user can enter. It is made once and started with each run.

pg_bin=/usr/lib/postgresql/15/bin

# Sets `socket`. The path of a unix socket may have 107 bytes, so a deep state folder needs another place.
choose_socket_folder() {
    socket=$state/socket
    if ((${#socket} > 80)); then
        socket=/tmp/crmsync-demo-$(id -u "$demo_user")
    fi
    as_demo mkdir -p -m 0700 "$socket"
    if [[ $(stat -c %U "$socket") != "$demo_user" ]]; then
        fail "$socket belongs to somebody else; set XDG_STATE_HOME to a shorter path"
    fi
}

start_postgres() {
    local data=$state/postgres left_over
    choose_socket_folder
    if [[ ! -e $data/PG_VERSION ]]; then
        say "making a private PostgreSQL in $data"
        # Made beside its place and then renamed, so that an interrupted initdb leaves nothing half done.
        as_demo rm -rf "$data.new"
        as_demo "$pg_bin/initdb" -D "$data.new" --username="$demo_user" --auth-local=peer --auth-host=reject \
            --encoding=UTF8 --locale=C.UTF-8 >"$logs/initdb.log" 2>&1 ||
            fail "initdb failed; see $logs/initdb.log"
        as_demo mv "$data.new" "$data"
    fi
    # Left over from a demo that was killed: a process that works in this very folder, no other one.
    left_over=$(head -1 "$data/postmaster.pid" 2>/dev/null || true)
    if [[ -n $left_over && $(readlink "/proc/$left_over/cwd" || true) == "$data" ]]; then
        say "stopping the PostgreSQL of an earlier demo (process $left_over)"
        # An orderly end saves the next start a recovery, which takes seconds.
        as_demo "$pg_bin/pg_ctl" -D "$data" -m fast -w -t 10 -s stop ||
            as_demo "$pg_bin/pg_ctl" -D "$data" -m immediate -w -s stop || true
    fi
    postgres_started=yes
    as_demo "$pg_bin/pg_ctl" -D "$data" -w -t 60 -s -l "$logs/postgres.log" -o "-c listen_addresses='' \
        -c unix_socket_directories='$socket' -c unix_socket_permissions=0700 -c default_toast_compression=lz4 \
        -c recovery_init_sync_method=syncfs" \
        start >/dev/null || fail "PostgreSQL does not start; see $logs/postgres.log"
}

stop_postgres() {
    if [[ ${postgres_started:-no} == yes ]]; then
        as_demo "$pg_bin/pg_ctl" -D "$state/postgres" -m fast -w -t 30 -s stop 2>/dev/null || true
        postgres_started=no
    fi
}

# A database without a past: the simulator's mailboxes live in memory and begin anew with each run.
fresh_database() {
    psql_to postgres -c 'set client_min_messages = warning' -c 'drop database if exists crmsync' -c 'create database crmsync'
}

psql_to() {
    local database=$1
    shift
    as_demo psql -X -q -v ON_ERROR_STOP=1 -h "$socket" -U "$demo_user" -d "$database" "$@"
}

# The rows of a query, columns separated by tabs.
query() { psql_to crmsync -A -t -F $'\t' -c "$1"; }
