#!/usr/bin/env bash
# Shows crmsync at work: a simulated Microsoft 365 with six mailboxes of a small company, a private
# PostgreSQL, the service between them, and a working day of people who tag, answer and change their minds.
#
#   deploy/demo.sh           plays the day and keeps running until Ctrl-C
#   deploy/demo.sh --once    plays the day, checks what is stored and ends with 0 or 1
#
# Nothing that is on the machine already is touched: the database has its own folder and no network
# port, all ports are free ones, and as root it is built as root and runs as the user crmsync-demo, made
# for it.
set -Eeuo pipefail
umask 022 # the demo's own user and its PostgreSQL read what this shell writes
# Nothing ends in silence: what was not foreseen names the command that failed.
trap 'echo "demo.sh: this failed: $BASH_COMMAND" >&2' ERR
source_folder=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

once=no
case ${1:-} in
--once) once=yes ;;
'') ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac
own_domain=nordlicht.example
sample=$source_folder/deploy/sample
# shellcheck source=deploy/demo/voice.sh
. "$source_folder/deploy/demo/voice.sh"
# shellcheck source=deploy/demo/postgres.sh
. "$source_folder/deploy/demo/postgres.sh"
# shellcheck source=deploy/demo/programs.sh
. "$source_folder/deploy/demo/programs.sh"
# shellcheck source=deploy/demo/mailbox.sh
. "$source_folder/deploy/demo/mailbox.sh"
# shellcheck source=deploy/demo/day.sh
. "$source_folder/deploy/demo/day.sh"
# shellcheck source=deploy/demo/verify.sh
. "$source_folder/deploy/demo/verify.sh"

step "packages"
"$source_folder/deploy/packages.sh" build || fail "the packages could not be installed; what is above says why"
step "build"
build_release

step "start"
choose_user_and_folder
trap stop_everything EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
stop_what_an_earlier_demo_left
install_programs
cd "$state"
start_postgres
fresh_database
start_simulator
write_configuration
crmsync migrate >"$logs/migrate.log" 2>&1 || fail "the migration failed; see $logs/migrate.log"
say "the database has the schema of this program ($(grep -c '^applied' "$logs/migrate.log") migrations)"

for type in user team list account contact opportunity case; do
    counts=$(crmsync record import --type "$type" "$sample/$type.csv")
    say "$type.csv: $counts"
done
while read -r address mode; do
    crmsync mailbox add "$address" --provider nordlicht --mode "$mode" >>"$logs/mailbox.log"
    crmsync mailbox enable "$address" >>"$logs/mailbox.log"
    say "follows $address, mode $mode"
done <<END
anna.bergmann@$own_domain replies
claire.lefevre@$own_domain manual
erik.lindstrom@$own_domain contacts
james.whitfield@$own_domain replies
katarzyna.wojcik@$own_domain replies
kenji.tanaka@$own_domain manual
END
start_daemon
first_pass

play_the_day

result=0
verify || result=$?
print_where_to_look
if [[ $once == yes ]]; then
    exit "$result"
fi
wait_for_the_end
