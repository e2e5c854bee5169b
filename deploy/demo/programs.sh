# shellcheck shell=bash disable=SC2034,SC2154 # sourced by demo.sh
# Building, the user and the folder of the demo, starting and stopping the two programs.

build_release() {
    local build=$source_folder/build/release
    if ! mkdir -p "$build" 2>/dev/null || [[ ! -w $build ]] || [[ -e $build/.ninja_log && ! -w $build/.ninja_log ]]; then
        fail "$build belongs to another user, who built there: remove it as that user, or give it to $(id -un) with chown -R"
    fi
    if [[ ! -e $build/build.ninja ]]; then
        # The cache of a configure run that was interrupted may be half written.
        cmake -S "$source_folder" --preset release >"$build/configure.log" 2>&1 ||
            (cd "$source_folder" && cmake --preset release --fresh)
    fi
    ninja -C "$build" crmsync exchange-sim || fail "the build failed; what is above says why"
    program=$build/daemon/crmsync
    simulator_program=$(cd "$build" && find tests -name exchange-sim -type f -perm -u+x | head -1)
    simulator_program=$build/$simulator_program
}

# Sets demo_user, run_as (a prefix to commands), state, logs; takes the lock.
choose_user_and_folder() {
    run_as=()
    demo_user=$(id -un)
    if [[ $(id -u) == 0 ]]; then
        demo_user=crmsync-demo
        state=${CRMSYNC_DEMO_STATE:-/var/lib/crmsync-demo}
        if ! id "$demo_user" >/dev/null 2>&1; then
            useradd --system --user-group --no-create-home --home-dir "$state" --shell /usr/sbin/nologin "$demo_user"
            say "made the system user $demo_user"
        fi
        mkdir -p "$state"
        chown "$demo_user:$demo_user" "$state"
        run_as=(setpriv "--reuid=$demo_user" "--regid=$demo_user" --clear-groups env "HOME=$state" "USER=$demo_user")
    else
        state=${CRMSYNC_DEMO_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/crmsync-demo}
        mkdir -p "$state"
    fi
    state=$(readlink -f "$state")
    chmod 0755 "$state"
    logs=$state/logs
    as_demo mkdir -p "$logs" "$state/run"

    # Held by this shell and what runs for a moment (all else gets 9>&-), so it is free again soon after
    # the demo is killed.
    exec 9>"$state/lock"
    flock -w 2 9 || fail "another demo is running in $state (process $(cat "$state/run/demo.pid" 2>/dev/null || echo unknown))"
    echo $$ >"$state/run/demo.pid"
}

as_demo() { "${run_as[@]}" "$@" 9>&-; }

# The programs and the sample are copied, since a checkout below /root is closed to another user.
install_programs() {
    mkdir -p "$state/bin"
    install -m 0755 "$program" "$state/bin/crmsync"
    install -m 0755 "$simulator_program" "$state/bin/exchange-sim"
    rm -rf "$state/sample"
    mkdir -p "$state/sample"
    install -m 0644 "$sample"/* "$state/sample/"
    sample=$state/sample
}

# is_ours PID: the process is there and runs our copy of a program (or one that was replaced since).
is_ours() {
    local exe
    exe=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
    [[ $exe == "$state/bin/"* ]]
}

# stop_program PID: asks, waits, insists.
stop_program() {
    local deadline=$((SECONDS + 8))
    kill -TERM "$1" 2>/dev/null || return 0
    while is_ours "$1"; do
        if ((SECONDS >= deadline)); then
            kill -KILL "$1" 2>/dev/null || true
        fi
        sleep 0.05
    done
}

stop_what_an_earlier_demo_left() {
    local name pid
    for name in crmsync exchange-sim; do
        pid=$(cat "$state/run/$name.pid" 2>/dev/null || true)
        if [[ -n $pid ]] && is_ours "$pid"; then
            say "stopping the $name of an earlier demo (process $pid)"
            stop_program "$pid"
        fi
        rm -f "$state/run/$name.pid"
    done
}

# start NAME ARGUMENTS ...: in the background, its output in the log; sets started_pid.
start() {
    local name=$1
    shift
    "${run_as[@]}" "$state/bin/$name" "$@" </dev/null >"$logs/$name.log" 2>&1 9>&- &
    started_pid=$!
    echo "$started_pid" >"$state/run/$name.pid"
}

crmsync() { as_demo env CRMSYNC_CONFIG="$state/crmsync.toml" "$state/bin/crmsync" "$@" </dev/null; }

daemon_pid='' simulator_pid=''
still_alive() {
    [[ -z $daemon_pid ]] || kill -0 "$daemon_pid" 2>/dev/null || fail "crmsync ended by itself; see $logs/crmsync.log"
    [[ -z $simulator_pid ]] || kill -0 "$simulator_pid" 2>/dev/null ||
        fail "the simulator ended by itself; see $logs/exchange-sim.log"
}

stop_everything() {
    trap '' INT TERM HUP
    local pid last_started=${!:-}
    # One that was just started may be in neither variable yet.
    if [[ $last_started == "$daemon_pid" || $last_started == "$simulator_pid" ]]; then
        last_started=''
    fi
    for pid in "$last_started" "$daemon_pid" "$simulator_pid"; do
        if [[ -n $pid ]]; then
            stop_program "$pid"
            wait "$pid" 2>/dev/null || true
        fi
    done
    daemon_pid='' simulator_pid=''
    stop_postgres
    rm -f "$state/run/"*.pid
}

http_port=8480
write_configuration() {
    as_demo tee "$state/simulator.secret" >/dev/null <<<"$client_secret"
    as_demo chmod 0600 "$state/simulator.secret"
    as_demo tee "$state/crmsync.toml" >/dev/null <<END
# Written by deploy/demo.sh; config/crmsync.example.toml explains every key.
[database]
url = "postgresql:///crmsync?host=$socket&user=$demo_user"

[http]
listen = "127.0.0.1:$http_port"

[sync]
poll_interval = "1s"

[tracking]
own_domains = ["$own_domain"]

[[provider]]
name = "nordlicht"
kind = "graph"
tenant_id = "$tenant_id"
client_id = "$client_id"
client_secret_file = "$state/simulator.secret"
authority_url = "$simulator_url"
graph_url = "$simulator_url"
END
}

# By the log, not by the port: what answers there may be another service.
is_up() { grep -q 'crmsync is up' "$logs/crmsync.log"; }
is_up_or_ended() { is_up || ! kill -0 "$started_pid" 2>/dev/null; }

# Whether a port is free only the service finds out for sure; where it is not, the next one is tried.
start_daemon() {
    while true; do
        start crmsync --config "$state/crmsync.toml" serve
        wait_for "the service is up" is_up_or_ended
        if is_up; then
            break
        fi
        grep -q 'cannot listen on' "$logs/crmsync.log" || fail "crmsync does not start: $(tail -1 "$logs/crmsync.log")"
        say "port $http_port is taken"
        http_port=$((http_port + 1))
        ((http_port < 8580)) || fail "the ports 8480 to 8579 are all taken"
        write_configuration
    done
    daemon_pid=$started_pid
    wait_for "the service is ready" curl -fsS -o /dev/null "http://127.0.0.1:$http_port/readyz"
    say "crmsync serves; health at http://127.0.0.1:$http_port/readyz, metrics at /metrics"
}

print_where_to_look() {
    local prefix=''
    if [[ $(id -u) == 0 ]]; then
        prefix="runuser -u $demo_user -- "
    fi
    step "look around"
    say "database       ${prefix}psql -h $socket -U $demo_user crmsync"
    say "               select occurred_at, subject, regarding_id from crm.activity order by 1;"
    say "configuration  $state/crmsync.toml"
    say "service's log  $logs/crmsync.log"
    say "commands       ${prefix}$state/bin/crmsync --config $state/crmsync.toml mailbox list"
    say "mailboxes      $simulator_url (simulated; the script interface is below /sim)"
}

wait_for_the_end() {
    printf '\n%sThe service goes on. Ctrl-C ends everything.%s\n' "$bold" "$plain"
    wait -n "$daemon_pid" "$simulator_pid" || true
    still_alive
}
