# shellcheck shell=bash disable=SC2154 # sourced by demo.sh
# After the day: what the database and the mailboxes must say, each as one line.

wrong=0
# expect SENTENCE SQL: the query's answer must be t.
expect() { checked "$1" "$(query "$2")"; }
# expect_in MAILBOX SENTENCE SQL over `item`
expect_in() { checked "$2" "$(in_mailbox "$1" "$3")"; }
checked() {
    if [[ $2 == t ]]; then
        say "✓ $1"
    else
        say "✗ $1 (the query says: ${2:-nothing})"
        wrong=$((wrong + 1))
    fi
}

# about MESSAGE_ID TYPE NAME
about() {
    echo "select count(*) = 1 from $(stored "$1") x join crm.record r on r.id = x.regarding_id
          where x.deleted_at is null and r.type = '$2' and r.name = '$3'"
}

verify() {
    local mailbox
    step "the state after the day"
    wait_for "nothing is owed to a mailbox" holds \
        "select count(*) = 0 from sync.write_back where state in ('waiting', 'sent')"

    expect "every message is one activity, in however many mailboxes" \
        "select count(*) = count(distinct message_id) from crm.activity"
    expect "every link leads to an activity, every activity has a link" \
        "select (select count(*) from sync.link l where not exists (select from store.activity a where a.id = l.activity_id)) = 0
            and (select count(*) from crm.activity a where deleted_at is null
                 and not exists (select from sync.link l where l.activity_id = a.id)) = 0"
    expect "the inquiry and Anna's answer to it are stored" \
        "select count(*) = 2 from crm.activity where deleted_at is null and trim(both '<>' from message_id)
         in ('anfrage-sudhaus-1@hoellentaler.example', 'anfrage-sudhaus-2@$own_domain')"
    expect "the internal forward of it is not" \
        "select count(*) = 0 from $(stored "anfrage-sudhaus-3@$own_domain") x"
    expect "Claire's message is about the opportunity she named, and still there though she deleted it" \
        "$(about station-pompage-1@vallee-bleue.example opportunity "Rénovation station de pompage")"
    expect "James's message is about the opportunity he chose, owned by him" \
        "select count(*) = 1 from $(stored renewal-1@thornbury-ales.example) x join crm.record r on r.id = x.regarding_id
         join crm.record o on o.id = x.owner_id where x.deleted_at is null and r.name = 'Renewal 2026 Ales' and o.name = 'James Whitfield'"
    expect "the leak at the dosing pump is about the case, and one activity for two mailboxes" \
        "select count(*) = 2 and count(distinct l.activity_id) = 1 from sync.link l
         join $(stored dichtung-1@hoellentaler.example) x on x.id = l.activity_id
         join crm.record r on r.id = x.regarding_id where r.number = 'CAS-01042'"
    expect "its sender is a known contact, its recipients are users" \
        "select bool_and(p.resolution = 'resolved') and count(*) = 3 from crm.activity_party p
         join $(stored dichtung-1@hoellentaler.example) x on x.id = p.activity_id"
    expect "mail from a contact followed Erik's mode, the recruiter's did not" \
        "select (select count(*) from $(stored bryggverk-1@akero.example) x where x.deleted_at is null) = 1
            and (select count(*) from $(stored karriar-77@talangjakt.example) x) = 0"
    expect "the kindergarten's letter is hidden" \
        "select count(*) = 1 from $(stored laterne-1@elbstrolche.example) x where x.deleted_at is not null"
    expect "the doctor's letter was never stored, nor the colleague's" \
        "select count(*) = 0 from crm.activity where trim(both '<>' from message_id)
         in ('befund-1@sandmann.example', 'ersatzteile-9@$own_domain')"
    expect "of what was refused or ignored the database keeps no item id" \
        "select count(*) = 0 from sync.decision where outcome in ('refused', 'ignored') and item_id is not null"
    expect "the drawing is stored, the logo and the program are skipped with a reason" \
        "select count(*) filter (where status = 'stored' and length(sha256) = 32 and name = '図面.pdf') = 1
            and count(*) filter (where status = 'skipped' and reason <> '') = 2 and count(*) = 3
         from crm.attachment t join $(stored mitsumori-1@shirasagi-sake.example) x on x.id = t.activity_id"
    expect "only the damaged message is set aside, no mailbox is in trouble" \
        "select (select count(*) = 1 and bool_and(reason = 'graph.item_corrupt') from sync.parked)
            and (select count(*) from sync.mailbox where state = 'enabled') = 6"

    expect_in "$kenji" "Kenji's own category is where it was, beside CRM Tracked" \
        "select j -> 'categories' @> '[\"重要\", \"CRM Tracked\"]' from item where j ->> 'message_id' = '<mitsumori-1@shirasagi-sake.example>'"
    expect_in "$anna" "the private letter says CRM Refused and nothing else" \
        "select j -> 'categories' = '[\"CRM Refused\"]' from item where j ->> 'message_id' = '<befund-1@sandmann.example>'"
    expect_in "$anna" "the kindergarten's letter has no category" \
        "select j -> 'categories' = '[]' from item where j ->> 'message_id' = '<laterne-1@elbstrolche.example>'"
    expect_in "$erik" "Erik's message is in its new folder, still CRM Tracked" \
        "select j ->> 'folder' like '%Åkerö' and j -> 'categories' ? 'CRM Tracked' from item where j ->> 'message_id' = '<bryggverk-1@akero.example>'"
    for mailbox in "$anna" "$claire" "$erik" "$james" "$kasia" "$kenji"; do
        expect_in "$mailbox" "no message of ${mailbox%%@*} carries two state categories, none waits in CRM Track" \
            "select coalesce(bool_and((select count(*) from jsonb_array_elements_text(j -> 'categories') c
                 where c in ('CRM Track', 'CRM Tracked', 'CRM Review', 'CRM Refused', 'CRM Failed')) <= 1
                 and not j -> 'categories' ? 'CRM Track'), true) from item"
    done
    expect "no body was asked for without a decision" "$(bodies_were_due)"

    if ((wrong)); then
        say "$wrong of these are wrong; the service's log is $logs/crmsync.log"
        return 1
    fi
    say "all as it should be"
}

# The simulator's record of requests against the decisions: every body it gave out belongs to a tracked item.
bodies_were_due() {
    script record >"$state/run/record.json"
    chmod 0644 "$state/run/record.json"
    echo "select count(*) > 0 and bool_and(exists (select from sync.link l where l.item_id = r ->> 'item')
              or exists (select from sync.decision d where d.item_id = r ->> 'item' and d.outcome in ('tracked', 'untracked', 'failed')))
          from jsonb_array_elements(pg_read_file('$state/run/record.json')::jsonb) r
          where (r ->> 'body')::boolean or (r ->> 'preview')::boolean or (r ->> 'contents')::boolean or (r ->> 'mime')::boolean"
}
