# shellcheck shell=bash disable=SC2154 # sourced by demo.sh
# A working day. Each scene: what a person does in Outlook, then the facts that must follow, waited
# for and shown. The messages of the night before are in sample/mail.json; customers' letters of the
# day are delivered here.

anna=anna.bergmann@$own_domain claire=claire.lefevre@$own_domain erik=erik.lindstrom@$own_domain
james=james.whitfield@$own_domain kasia=katarzyna.wojcik@$own_domain kenji=kenji.tanaka@$own_domain

first_pass() {
    wait_for "every mailbox is read to its end once" holds \
        "select count(*) = 6 from sync.mailbox where state = 'enabled' and last_pass_at is not null"
    wait_for "nothing is owed to a mailbox" holds \
        "select count(*) = 0 from sync.write_back where state in ('waiting', 'sent')"
    say "six mailboxes read by their headers, $(query "select count(*) from sync.decision") messages of the last 30 days weighed," \
        "$(query "select count(*) from crm.activity") stored: Erik's mode is contacts, so mail of people the CRM knows follows by itself"
}

# stored MESSAGE_ID: SQL for the activity of a message.
stored() { echo "(select a.* from crm.activity a where trim(both '<>' from a.message_id) = '$1')"; }

# tracked MAILBOX MESSAGE_ID: waits until it is stored and the mailbox says so; shows what was kept.
tracked() {
    wait_for "$2 is stored" holds "select count(*) = 1 from $(stored "$2") x where deleted_at is null"
    wait_for "the mailbox shows CRM Tracked" has_category "$1" "$2" "CRM Tracked"
    wait_for "the mailbox lost CRM Track" lacks_category "$1" "$2" "CRM Track"
    answer "$(query "select format('stored: %s, %s characters, %s people%s%s', x.direction, length(x.body),
              (select count(*) from crm.activity_party p where p.activity_id = x.id),
              coalesce(', about ' || r.type || ' ' || r.name, ', about nobody known'),
              coalesce(', attachments: ' || (select string_agg(t.name || ' ' || t.status || coalesce(' (' || t.reason || ')', ''), ', ' order by t.ordinal)
                  from crm.attachment t where t.activity_id = x.id), ''))
          from $(stored "$2") x left join crm.record r on r.id = x.regarding_id")"
    why "$1" "$2" ") is user "
    shown "$1" "$2"
}

# What the category list of the message says now.
shown() { answer "${bold}in Outlook: $(categories_of "$1" "$2")${plain}"; }

# why MAILBOX MESSAGE_ID [WORDS]: by the service's own account, in which the words must occur.
why() {
    local account
    crmsync explain "$1" "<$2>" >"$logs/explain.log" 2>&1 || fail "crmsync explain $1 <$2> failed; see $logs/explain.log"
    account=$(awk -f "$source_folder/deploy/demo/why.awk" "$logs/explain.log") ||
        fail "crmsync explain $1 <$2> shows no decision; see $logs/explain.log"
    sed "s/^/       ${dim}/; s/\$/${plain}/" <<<"$account"
    [[ $account == *"${3:-}"* ]] || fail "the account does not say \"$3\"; see $logs/explain.log"
}

# answered MAILBOX MESSAGE_ID CATEGORY [WORDS]: the answer that is not CRM Tracked.
answered() {
    wait_for "the mailbox shows $3" has_category "$1" "$2" "$3"
    why "$1" "$2" "${4:-}"
    shown "$1" "$2"
}

# looked_at MAILBOX: every change up to now has been decided.
looked_at() {
    local now
    now=$(query "select clock_timestamp()")
    wait_for "a pass over $1" holds "select last_pass_at > '$now' from sync.mailbox where address = '$1'"
}

not_stored() { holds "select count(*) = 0 from $(stored "$1") x"; }

regarding_is() { holds "select count(*) = 1 from $(stored "$1") x join crm.record r on r.id = x.regarding_id where r.name = '$2'"; }

play_the_day() {
    step "a working day at Nordlicht Messtechnik"
    morning
    noon
    afternoon
}

morning() {
    local id
    scene 08:05 "Anna tags an inquiry of last week with CRM Track."
    tag "$anna" anfrage-sudhaus-1@hoellentaler.example "CRM Track"
    tracked "$anna" anfrage-sudhaus-1@hoellentaler.example

    scene 08:20 "Anna answers the customer; nobody tags anything."
    id=anfrage-sudhaus-2@$own_domain
    answer_to "$anna" anfrage-sudhaus-1@hoellentaler.example "$id" "AW: Anfrage Durchflussmessung Sudhaus" \
        "Guten Tag Frau Hößler,\n\ndas Angebot bekommen Sie bis morgen Mittag. Darf ich wegen der Einbaulage kurz anrufen?"
    wait_for "the answer is stored" holds "select count(*) = 1 from $(stored "$id") x where x.direction = 'outgoing'"
    answer "the sent copy followed by itself: it answers a tracked message, and Anna's mode is replies"
    why "$anna" "$id"

    scene 08:40 "Claire says what a message is about: the category CRM: Rénovation station de pompage."
    tag "$claire" station-pompage-1@vallee-bleue.example "CRM: Rénovation station de pompage"
    tracked "$claire" station-pompage-1@vallee-bleue.example
    wait_for "the opportunity is the regarding" regarding_is station-pompage-1@vallee-bleue.example "Rénovation station de pompage"

    scene 09:00 "A customer and a recruiter write to Erik, whose mode is contacts."
    deliver bryggverk-1@akero.example "Göran Sjöberg" goran.sjoberg@akero.example "$erik" "Flödesmätare till bryggverket" \
        "Hej Erik,\n\nnu är ritningarna klara. Kan vi boka en tid på torsdag och gå igenom mätpunkterna?"
    deliver karriar-77@talangjakt.example "Talangjakt" rekrytering@talangjakt.example "$erik" "Din nästa utmaning?" \
        "Hej Erik,\n\nvi söker en säljare med din profil. Ring mig!"
    tracked "$erik" bryggverk-1@akero.example
    looked_at "$erik"
    not_stored karriar-77@talangjakt.example || fail "the recruiter's letter was stored"
    answer "the recruiter's letter stays Erik's own:"
    why "$erik" karriar-77@talangjakt.example

    scene 09:30 "An inbox rule of Katarzyna's tags a colleague's message."
    deliver ersatzteile-9@$own_domain "Åsa Holmqvist" "asa.holmqvist@$own_domain" "$kasia" "Gaskets again" \
        "Hi Kasia,\n\nthe workshop asks for another ten gaskets. Sorry!" '"categories": ["CRM Track"]'
    answered "$kasia" ersatzteile-9@$own_domain "CRM Refused"
    not_stored ersatzteile-9@$own_domain || fail "an internal message was stored for a rule's tag"
}

noon() {
    scene 10:15 "James picks a label that fits two opportunities: CRM: Renewal 2026."
    tag "$james" renewal-1@thornbury-ales.example "CRM: Renewal 2026"
    answered "$james" renewal-1@thornbury-ales.example "CRM Review" "It may be about: "

    scene 10:20 "He takes it off and picks the right one."
    replace_category "$james" renewal-1@thornbury-ales.example "CRM: Renewal 2026" "CRM: Renewal 2026 Ales"
    wait_for "the opportunity is the regarding" regarding_is renewal-1@thornbury-ales.example "Renewal 2026 Ales"
    tracked "$james" renewal-1@thornbury-ales.example

    scene 11:00 "A customer writes to Anna and Katarzyna; both tag their copy."
    deliver dichtung-1@hoellentaler.example "Jürgen Müller" juergen.mueller@hoellentaler.example "$anna $kasia" \
        "Dichtung an der DP-40 undicht" "Guten Tag,\n\ndie Dosierpumpe im Filterkeller tropft seit heute früh. Wer kommt?"
    looked_at "$anna"
    looked_at "$kasia"
    tag "$kasia" dichtung-1@hoellentaler.example "CRM: CAS-01042"
    tag "$anna" dichtung-1@hoellentaler.example "CRM Track"
    tracked "$kasia" dichtung-1@hoellentaler.example
    wait_for "Anna's copy shows it too" has_category "$anna" dichtung-1@hoellentaler.example "CRM Tracked"
    wait_for "one activity, two mailboxes" holds \
        "select count(distinct l.activity_id) = 1 and count(*) = 2 from sync.link l join $(stored dichtung-1@hoellentaler.example) x on x.id = l.activity_id"
    answer "one activity, two links: $(query "select string_agg(m.address, ' and ' order by m.address) from sync.link l
        join sync.mailbox m on m.id = l.mailbox_id join $(stored dichtung-1@hoellentaler.example) x on x.id = l.activity_id")"

    scene 11:30 "Anna forwards the inquiry to the boss."
    local id=anfrage-sudhaus-3@$own_domain
    forward "$anna" anfrage-sudhaus-1@hoellentaler.example "$id" "joerg.petersen@$own_domain" "WG: Anfrage Durchflussmessung Sudhaus"
    looked_at "$anna"
    not_stored "$id" || fail "an internal forward was stored"
    answer "an internal forward inherits nothing from its thread:"
    why "$anna" "$id"
}

afternoon() {
    local before
    scene 13:10 "Erik files the customer's message, Claire deletes hers."
    create_folder "$erik" inbox "Åkerö"
    move "$erik" bryggverk-1@akero.example "inbox/Åkerö"
    delete "$claire" station-pompage-1@vallee-bleue.example
    looked_at "$erik"
    looked_at "$claire"
    holds "select count(*) = 2 from crm.activity where deleted_at is null and trim(both '<>' from message_id)
           in ('bryggverk-1@akero.example', 'station-pompage-1@vallee-bleue.example')" ||
        fail "moving or deleting in the mailbox took a copy away"
    answer "both copies are still in the CRM: moving and deleting are no untrack"

    scene 13:30 "Anna tags the kindergarten's letter by mistake, and takes the category off again."
    tag "$anna" laterne-1@elbstrolche.example "CRM Track"
    tracked "$anna" laterne-1@elbstrolche.example
    untag "$anna" laterne-1@elbstrolche.example "CRM Tracked"
    wait_for "the copy is hidden" holds "select count(*) = 1 from $(stored laterne-1@elbstrolche.example) x where deleted_at is not null"
    answer "hidden at once, purged in 30 days: $(query "select 'deleted_at ' || date_trunc('second', deleted_at) from $(stored laterne-1@elbstrolche.example) x")"
    why "$anna" laterne-1@elbstrolche.example

    scene 13:50 "Her doctor's letter is marked private. Tagged by mistake, too."
    tag "$anna" befund-1@sandmann.example "CRM Track"
    answered "$anna" befund-1@sandmann.example "CRM Refused"

    scene 14:10 "James takes back the renewal, thinks better of it and tags it again."
    before=$(query "select id from $(stored renewal-1@thornbury-ales.example) x")
    untag "$james" renewal-1@thornbury-ales.example "CRM Tracked"
    wait_for "the copy is hidden" holds "select count(*) = 1 from $(stored renewal-1@thornbury-ales.example) x where deleted_at is not null"
    answer "hidden"
    tag "$james" renewal-1@thornbury-ales.example "CRM Track"
    tracked "$james" renewal-1@thornbury-ales.example
    [[ $(query "select id from $(stored renewal-1@thornbury-ales.example) x") == "$before" ]] ||
        fail "tagging again made another activity"
    answer "the same activity is back, with its regarding"

    scene 14:40 "Kenji tags a message with three attachments that already bears a category of his own."
    deliver mitsumori-1@shirasagi-sake.example "佐藤 美咲" misaki.sato@shirasagi-sake.example "$kenji" \
        "仕込み水流量計の図面" "田中様\n\nお世話になっております。図面をお送りいたします。ご確認をお願いいたします。" \
        '"attachments": [{"name": "図面.pdf", "content_type": "application/pdf", "content": "%PDF-1.4 drawing"},
          {"name": "logo.png", "content_type": "image/png", "content": "logo", "inline": true, "content_id": "logo@shirasagi"},
          {"name": "viewer.exe", "content_type": "application/octet-stream", "content": "MZ"}]'
    tag "$kenji" mitsumori-1@shirasagi-sake.example "重要"
    looked_at "$kenji"
    tag "$kenji" mitsumori-1@shirasagi-sake.example "CRM Track"
    tracked "$kenji" mitsumori-1@shirasagi-sake.example
    has_category "$kenji" mitsumori-1@shirasagi-sake.example "重要" || fail "a category of Kenji's own was lost"

    scene 15:10 "Katarzyna tags a message that is damaged: Exchange itself cannot read its body any more."
    deliver kalibrierung-5@hoellentaler.example "Jürgen Müller" juergen.mueller@hoellentaler.example "$kasia" \
        "Kalibrierschein" "Guten Tag,\n\nanbei wie besprochen der Kalibrierschein."
    looked_at "$kasia"
    damage "$kasia" kalibrierung-5@hoellentaler.example
    tag "$kasia" kalibrierung-5@hoellentaler.example "CRM Track"
    answered "$kasia" kalibrierung-5@hoellentaler.example "CRM Failed"
    not_stored kalibrierung-5@hoellentaler.example || fail "half a message was stored"

    scene 15:30 "Microsoft is slow with Claire's mailbox (429) and has forgotten how far Erik's was read (410)."
    deliver maintenance-3@saint-evrard.example "Océane Laforêt" oceane.laforet@saint-evrard.example "$claire" \
        "Contrat de maintenance 2026" "Bonjour Claire,\n\nla direction a signé. Je vous envoie l’original par courrier."
    looked_at "$claire"
    throttle "$claire"
    expire_cursors "$erik"
    before=$(query "select count(*) from crm.activity")
    tag "$claire" maintenance-3@saint-evrard.example "CRM Track"
    looked_at "$erik"
    tracked "$claire" maintenance-3@saint-evrard.example
    holds "select count(*) = $before + 1 from crm.activity" || fail "something was stored twice"
    answer "waited as told, read again, nothing doubled"
}
