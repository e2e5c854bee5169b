# shellcheck shell=bash disable=SC2034,SC2154 # sourced by demo.sh
# The simulated Microsoft 365: starting it with last year's mail, and what people do in Outlook, said
# through its script interface. Messages are named by mailbox and Message-ID (without brackets).

tenant_id=2f0a7c4e-91d3-4b0e-8a57-6c1d5e3b9f20
client_id=7b1e9d02-35c8-4f6a-b2d4-0c9e8f7a6b53
client_secret=only-for-the-demo

start_simulator() {
    # The sample's dates count back from now ("@-26.5h"), so that the newest mail is always fresh.
    awk -v now="$(date +%s)" '
        match($0, /"@-[0-9.]+h"/) {
            hours = substr($0, RSTART + 3, RLENGTH - 5)
            at = strftime("%Y-%m-%dT%H:%M:%SZ", now - hours * 3600, 1)
            $0 = substr($0, 1, RSTART) at substr($0, RSTART + RLENGTH - 1)
        }
        { print }' "$sample/mail.json" | as_demo tee "$state/run/seed.json" >/dev/null
    start exchange-sim --listen 127.0.0.1:0 --seed "$state/run/seed.json"
    simulator_pid=$started_pid
    wait_for "the simulator listens" grep -q '^http://' "$logs/exchange-sim.log"
    simulator_url=$(head -1 "$logs/exchange-sim.log")
    # The application has the permissions that README.md asks for, and no other.
    script application "{\"tenant\": \"$tenant_id\", \"client_id\": \"$client_id\", \"secret\": \"$client_secret\",
        \"roles\": [\"Mail.Read\", \"Mail.ReadWrite\", \"MailboxSettings.ReadWrite\"]}" >/dev/null
    say "a simulated Microsoft 365 with six mailboxes and $(grep -c '"do": "deliver"' "$sample/mail.json") messages at $simulator_url"
}

# script OPERATION JSON: the answer on stdout.
script() {
    local answer
    answer=$(curl -sS --max-time 20 --fail-with-body -X POST -H 'Content-Type: application/json' \
        --data-binary "${2:-"{}"}" "$simulator_url/sim/$1") || {
        echo "the simulator refused $1: $answer" >&2
        return 1
    }
    printf '%s\n' "$answer"
}

# in_mailbox MAILBOX SQL: a question to the mailbox as it is now. The items are the rows of `item`.
in_mailbox() {
    script dump "{\"mailbox\": \"$1\"}" | as_demo tee "$state/run/dump.json" >/dev/null
    psql_to postgres -A -t -c "with item as (select value as j from
        jsonb_array_elements(pg_read_file('$state/run/dump.json')::jsonb -> 'items')) $2"
}

item_id() {
    local id
    id=$(in_mailbox "$1" "select j ->> 'id' from item where j ->> 'message_id' = '<$2>' order by j ->> 'folder' limit 1")
    [[ -n $id ]] || fail "there is no message $2 in the mailbox $1"
    printf '%s\n' "$id"
}

# on OPERATION MAILBOX MESSAGE_ID [MORE JSON MEMBERS]
on() {
    local id
    id=$(item_id "$2" "$3")
    last_answer=$(script "$1" "{\"mailbox\": \"$2\", \"id\": \"$id\"${4:+, $4}}")
}

tag() { on tag "$1" "$2" "\"category\": \"$3\""; }
untag() { on untag "$1" "$2" "\"category\": \"$3\""; }
move() { on move "$1" "$2" "\"folder\": \"$3\""; }
delete() { on delete "$1" "$2"; }
# replace_category MAILBOX MESSAGE_ID OLD NEW: in one go, as somebody does who picks in the list.
replace_category() {
    on set_categories "$1" "$2" "\"categories\": $(in_mailbox "$1" "select coalesce(jsonb_agg(c order by c), '[]')
        from item, jsonb_array_elements_text(case when j -> 'categories' ? '$3' then (j -> 'categories') - '$3' else j -> 'categories' end
        || jsonb_build_array('$4'::text)) c where j ->> 'message_id' = '<$2>'")"
}
create_folder() { script create_folder "{\"mailbox\": \"$1\", \"parent\": \"$2\", \"name\": \"$3\"}" >/dev/null; }
throttle() { script fail "{\"mailbox\": \"$1\", \"count\": 3, \"status\": 429, \"code\": \"TooManyRequests\", \"retry_after\": \"2\"}" >/dev/null; }
# damage MAILBOX MESSAGE_ID: Exchange itself cannot read the message any more.
damage() {
    script fail "{\"method\": \"GET\", \"path\": \"$(item_id "$1" "$2")\", \"count\": -1, \"status\": 400, \"code\": \"ErrorCorruptData\"}" >/dev/null
}
expire_cursors() { script expire_cursors "{\"mailbox\": \"$1\"}" >/dev/null; }

# answer_to MAILBOX MESSAGE_ID OWN_MESSAGE_ID SUBJECT TEXT
answer_to() {
    on answer "$1" "$2" "\"message_id\": \"<$3>\", \"subject\": \"$4\", \"body\": \"$5\", \"html\": false"
}
# forward MAILBOX MESSAGE_ID OWN_MESSAGE_ID TO SUBJECT
forward() { on forward "$1" "$2" "\"message_id\": \"<$3>\", \"to\": [\"$4\"], \"subject\": \"$5\""; }

# deliver MESSAGE_ID FROM_NAME FROM_ADDRESS "TO ..." SUBJECT TEXT [MORE JSON MEMBERS]
deliver() {
    local to
    # shellcheck disable=SC2086 # one word per address
    to=$(printf ', "%s"' $4)
    script deliver "{\"message_id\": \"<$1>\", \"from\": \"$2 <$3>\", \"to\": [${to#, }], \"subject\": \"$5\",
        \"body\": \"$6\", \"html\": false${7:+, $7}}" >/dev/null
}

has_category() { [[ $(category_question "$1" "$2" "$3") == t ]]; }
lacks_category() { [[ $(category_question "$1" "$2" "$3") == f ]]; }
category_question() {
    in_mailbox "$1" "select bool_or(j -> 'categories' ? '$3') from item where j ->> 'message_id' = '<$2>'"
}
categories_of() {
    in_mailbox "$1" "select coalesce(nullif(string_agg('[' || c || ']', ' '), ''), 'no category') from item,
        jsonb_array_elements_text(j -> 'categories') c where j ->> 'message_id' = '<$2>'"
}
