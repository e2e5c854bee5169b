#include "integration/store/stored.hpp"
#include "store/statements.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// Enough rows that reading a table from end to end would be the wrong plan.
constexpr const char* seed[] = {
    "INSERT INTO sync.mailbox (provider, address, state, owner_id) SELECT 'contoso', 'm' || n || "
    "'@contoso.example', "
    "'enabled', md5('owner' || n)::uuid FROM generate_series(1, 4000) AS n",
    "INSERT INTO sync.lease (mailbox_id, due_at) SELECT id, CASE WHEN id % 100 = 0 THEN now() - "
    "interval '1 h' "
    "ELSE now() + interval '1 h' END FROM sync.mailbox",
    "INSERT INTO store.record (id, type, external_id, name, label, number, number_key) "
    "SELECT md5('record' || n)::uuid, 'contact', n::text, 'Name ' || n, 'name ' || n, 'C-' || n, "
    "'c-' || n "
    "FROM generate_series(1, 10000) AS n",
    "INSERT INTO store.record_address SELECT 'c' || n || '@example.com', 'email', md5('record' || "
    "n)::uuid "
    "FROM generate_series(1, 10000) AS n",
    "INSERT INTO store.record_address SELECT 'd' || n || '.example', 'domain', md5('record' || "
    "n)::uuid "
    "FROM generate_series(1, 10000) AS n",
    "INSERT INTO store.activity (id, kind, direction, subject, body, body_type, occurred_at, "
    "message_id, regarding_id, "
    "owner_id, owned_at, deleted_at, purge_after) "
    "SELECT md5(n::text)::uuid, 'email', 'incoming', 's', repeat('b', 300), 'text', now() - n * "
    "interval '1 min', "
    "n || '@example.com', CASE WHEN n % 2 = 0 THEN md5('record' || n % 500)::uuid END, md5('owner' "
    "|| n % 50)::uuid, "
    "now(), CASE WHEN n % 200 = 0 THEN now() END, CASE WHEN n % 200 = 0 THEN now() - interval '1 "
    "d' + n * interval '10 s' END "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO store.activity_identity SELECT sha256(n::text::bytea), md5(n::text)::uuid, "
    "sha256('f'), now() "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO store.activity_party (activity_id, role, address, ordinal, record_id, resolution) "
    "SELECT md5(n::text)::uuid, r, 'c' || n % 5000 || '@example.com', 0, "
    "CASE WHEN n % 3 = 0 THEN md5('record' || n % 500)::uuid END, "
    "CASE WHEN n % 3 = 0 THEN 'resolved' ELSE 'unresolved' END "
    "FROM generate_series(1, 20000) AS n, unnest('{from,to}'::text[]) AS r",
    "INSERT INTO store.blob SELECT sha256(n::text::bytea), 1 FROM generate_series(1, 5000) AS n",
    "INSERT INTO store.attachment SELECT md5(n::text)::uuid, 0, 'f', 't', 1, 'stored', NULL, "
    "sha256(n::text::bytea) "
    "FROM generate_series(1, 5000) AS n",
    "INSERT INTO sync.link (mailbox_id, item_id, activity_id, folder_id, version, tracked_by, "
    "rule, tagged_at) "
    "SELECT 1 + n % 40, 'i' || n, md5(n::text)::uuid, 'inbox', 'v', 'user', 'hand_tag', now() "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO sync.decision (mailbox_id, item_hmac, item_id, message_id_hmac, thread_hmac, "
    "input_hmac, outcome, rule, "
    "decided_at) SELECT 1 + n % 40, sha256(n::text::bytea), 'i' || n, sha256(n::text::bytea), "
    "sha256((n % 4000)::text::bytea), "
    "sha256('x'), CASE WHEN n % 50 = 0 THEN 'untracked' ELSE 'tracked' END, 'r', now() - n * "
    "interval '1 min' "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO sync.decision_parent SELECT sha256(('p' || n)::bytea), 1 + n % 40, "
    "sha256(n::text::bytea) "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO sync.write_back (mailbox_id, item_id, desired, state) SELECT 1 + n % 40, 'i' || "
    "n, "
    "'{\"state\": \"tracked\", \"take_off\": []}', CASE WHEN n % 100 < 3 THEN 'waiting' ELSE "
    "'done' END "
    "FROM generate_series(1, 20000) AS n",
    "INSERT INTO sync.pin SELECT 1 + n % 40, sha256(n::text::bytea), 'untrack' FROM "
    "generate_series(1, 5000) AS n",
    "INSERT INTO sync.revisit SELECT 1 + n % 40, 'copy', 'm' || n FROM generate_series(1, 5000) AS "
    "n",
    "INSERT INTO sync.untrack_stage SELECT 1 + n % 40, 'i' || n FROM generate_series(1, 5000) AS n",
    "INSERT INTO sync.parked SELECT 1 + n % 40, 'i' || n, 'r' FROM generate_series(1, 5000) AS n",
    "INSERT INTO sync.intent (mailbox_id, item_id, message_hmac, tagged) SELECT 1 + n % 40, 'i' || "
    "n, sha256(n::text::bytea), true FROM generate_series(1, 5000) AS n",
    "INSERT INTO store.record (id, type, external_id, name, label) SELECT md5('owner' || n)::uuid, "
    "'user', 'u' || n, 'User ' || n, 'user ' || n FROM generate_series(0, 4000) AS n",
    "INSERT INTO store.record (id, type, external_id, name, label, owner_id) SELECT md5('owned' || "
    "n)::uuid, 'opportunity', 'o' || n, 'Deal ' || n, 'deal ' || n, md5('owner' || n % 4000)::uuid "
    "FROM generate_series(1, 10000) AS n",
    "INSERT INTO store.record_pin SELECT md5('record' || 1 + n % 100)::uuid, md5('record' || "
    "n)::uuid "
    "FROM generate_series(1, 5000) AS n",
    "INSERT INTO sync.published_label SELECT 1 + n % 40, 'crm: label ' || n, 'CRM: Label ' || n, "
    "'label ' || n, md5('record' || n)::uuid, 'listed' FROM generate_series(1, 10000) AS n",
    "INSERT INTO sync.stop SELECT 1 + n % 40, sha256(n::text::bytea), n % 10 = 0 FROM "
    "generate_series(1, 5000) AS n",
    "INSERT INTO sync.stop_key SELECT sha256(('k' || n)::bytea), 1 + n % 40, "
    "sha256(n::text::bytea), n % 10 = 0 FROM generate_series(1, 20000) AS n",
    "INSERT INTO sync.read_label SELECT 1 + n % 40, sha256(n::text::bytea), sha256('l') FROM "
    "generate_series(1, 20000) AS n",
    "INSERT INTO sync.event (level, name, mailbox_id) SELECT 'info', 'e', 1 + n % 40 FROM "
    "generate_series(1, 20000) AS n",
    "ANALYZE",
};

/// The tables that grow with the mail.
constexpr const char* grows[] = {"activity",   "activity_party", "activity_identity",
                                 "attachment", "record",         "record_address",
                                 "link",       "decision",       "decision_parent",
                                 "write_back", "record_pin",     "published_label",
                                 "stop",       "stop_key",       "read_label"};

struct Explained : Stored {
    pg::Pool::Lent connection = run(pool.acquire());

    pg::Result execute(std::string_view text)
    {
        const pg::Statement statement{"", text};
        return run(connection->run(statement));
    }
    std::string explain(const std::string& query)
    {
        const pg::Result lines = execute("EXPLAIN (COSTS OFF) " + query);
        std::string plan;
        for (int row = 0; row < lines.rows(); ++row)
            plan += lines.get<std::string>(row, 0) + "\n";
        return plan;
    }
    /// The plan of a stored statement, as a session that has prepared it runs it.
    std::string explain(const pg::Statement& statement, const std::string& values)
    {
        execute(fmt::format("PREPARE planned AS {}", statement.text));
        const std::string plan = explain(fmt::format("EXECUTE planned ({})", values));
        execute("DEALLOCATE planned");
        return plan;
    }
};

struct Seeded : Explained {
    Seeded()
    {
        for (const char* statement : seed)
            execute(statement);
    }
};

void check_plan(const std::string& plan, std::vector<std::string> indexes)
{
    INFO(plan);
    for (const std::string& index : indexes) {
        INFO("expected: " << index);
        CHECK(plan.find(index) != std::string::npos);
    }
    for (const char* table : grows) {
        INFO("read from end to end: " << table);
        CHECK(plan.find(fmt::format("Seq Scan on {} ", table)) == std::string::npos);
        CHECK(plan.find(fmt::format("Seq Scan on {}\n", table)) == std::string::npos);
    }
}

struct Planned {
    pg::Statement statement;
    std::string values;
    std::vector<std::string> indexes;
};

} // namespace

TEST_CASE("what runs for every page, round and report goes by its index")
{
    Seeded seeded;
    namespace sql = store::sql;
    const std::string keys = "ARRAY[sha256('7'::bytea), sha256('8'::bytea)]";
    const std::string ids = "ARRAY[md5('7')::uuid, md5('8')::uuid]";
    const std::vector<Planned> planned{
        {sql::select_identities, keys, {"activity_identity_pkey"}},
        {sql::lock_identified_activities, keys, {"activity_identity_pkey", "activity_pkey"}},
        {sql::known_items,
         "7, '{i6,i46}', " + keys + ", " + keys + ", ARRAY[now(), now()]",
         {"link_pkey", "activity_pkey", "decision_pkey", "pin_pkey", "untrack_stage_pkey",
          "parked_pkey", "write_back_pkey", "correction_pkey", "stop_pkey", "intent_pkey",
          "read_label_pkey", "intent_message"}},
        {sql::candidates_by_address,
         "'{c7@example.com,c8@example.com}'",
         {"record_address_pkey", "record_pkey"}},
        {sql::candidates_by_domain, "'{d7.example}'", {"record_address_pkey", "record_pkey"}},
        {sql::candidates_by_identity, keys, {"activity_identity_pkey", "activity_pkey"}},
        {sql::candidates_by_label, "'{name 7,c-9}'", {"record_number", "record_label"}},
        {sql::candidates_by_published,
         "7, '{label 6,label 46}'",
         {"published_label_label", "record_pkey"}},
        {sql::stopped_items,
         "7, '{0,1}', " + keys + ", " + keys + ", ARRAY[sha256('x')]",
         {"stop_key_pkey"}},
        {sql::insert_stops,
         "7, " + keys + ", " + keys + ", " + keys + ", " + keys + ", " + keys + ", " + keys,
         {"activity_identity_pkey", "decision_parent_pkey", "decision_pkey", "link_pkey",
          "decision_thread", "activity_pkey"}},
        {sql::keep_read_labels, "7, " + keys + ", " + keys, {}},
        {sql::forget_read_labels, "7, " + keys, {"read_label_pkey"}},
        {sql::wanted_labels, "7, 20", {"record_pin_pkey", "record_owner", "record_label"}},
        {sql::published_labels, "7", {"published_label_"}},
        {sql::ask_for_labels_of_records,
         ids,
         {"published_label_record", "record_pin_record", "record_pkey", "mailbox_by_owner"}},
        {sql::ask_for_labels_of_owners, ids, {"mailbox_by_owner"}},
        {sql::mailbox_owners, "'{m7@contoso.example}'", {"mailbox_by_address"}},
        {sql::owners_by_record,
         "'{m7@contoso.example}'",
         {"record_address_pkey", "mailbox_by_owner"}},
        {sql::amend_activities,
         "1, " + ids + ", " + ids +
             ", '{t,t}', ARRAY[now(), now()], '{a,b}', '{t,t}', '{t,t}', '{NULL,NULL}', '{f,f}', "
             "'{0,0}', '{f,f}', ARRAY[now(), now()]",
         {"activity_pkey", "record_pkey"}},
        {sql::update_links, "7, '{i6}', '{x}', '{y}', '{none}', '{f}'", {"link_pkey"}},
        {sql::hold_joined_activities, keys, {"activity_identity_pkey", "activity_pkey"}},
        {sql::links_here, "7, " + ids, {"link_activity"}},
        {sql::ask_for_copies, "7, 'f', " + keys + ", '{a,b}'", {"decision_message"}},
        {sql::ask_for_unmarked_copies,
         "7, 'f', '{a,b}', " + ids,
         {"link_activity", "activity_party_pkey", "mailbox_by_address", "mailbox_by_owner"}},
        {sql::ask_for_replies, "'f', " + keys + ", '{a,b}'", {"decision_parent_pkey"}},
        {sql::ask_for_regardings,
         "'f', " + keys + ", " + ids + ", 60",
         {"decision_parent_pkey", "decision_pkey", "link_pkey", "activity_pkey"}},
        {sql::ask_for_own,
         "7, 'copy', " + keys + ", '{a,b}'",
         {"activity_identity_pkey", "activity_pkey"}},
        {sql::due_revisits, "7, 20", {"revisit_pkey"}},
        {sql::write_backs_done,
         "7, '{i6}', '{1}', ARRAY['[]']::jsonb[], '{v}', '{tracked}'",
         {"link_pkey", "write_back_pkey"}},
        {sql::due_write_backs, "7, 20", {"write_back_due"}},
        {sql::due_work,
         "7",
         {"write_back_due", "parked_pkey", "revisit_pkey", "untrack_stage_pkey"}},
        {sql::claim_due_mailboxes, "gen_random_uuid(), 10", {"lease_due"}},
        {sql::release_facts, "7, '{i6}'", {"link_pkey", "link_activity"}},
        {sql::removals_last_hour, "7", {"pin_untracked"}},
        {sql::owe_take_offs, "7, " + ids + ", '{}'", {"link_activity"}},
        {sql::tombstones_to_purge, "10", {"activity_purge"}},
        {sql::purge_identities, ids, {"activity_identity_activity"}},
        {sql::purge_links, ids, {"link_activity"}},
        {sql::purge_blobs, keys, {"attachment_blob"}},
        {sql::purge_decisions, "90, 100", {"decision_age", "decision_pkey"}},
        {sql::decisions_of_message, "7, sha256('7')", {"decision_message"}},
        {sql::links_of_activity, "md5('7')::uuid", {"link_activity"}},
        {sql::activities_by_identity, keys, {"activity_identity_pkey"}},
        {sql::read_events, "now() - interval '1 h', NULL, NULL, 50", {"Index Scan"}},
        {sql::read_mailbox_events, "7, now() - interval '30 d', NULL, NULL, 50", {"mailbox_id_at"}},
    };
    // A session may have settled for a plan made without looking at the values.
    for (const char* mode : {"force_custom_plan", "force_generic_plan"}) {
        seeded.execute(fmt::format("SET plan_cache_mode = {}", mode));
        for (const Planned& one : planned) {
            INFO(mode << " " << one.statement.name);
            check_plan(seeded.explain(one.statement, one.values), one.indexes);
        }
    }
}

TEST_CASE(
    "a session that settled for its plans while the tables were empty still goes by whole keys")
{
    Explained empty;
    namespace sql = store::sql;
    empty.execute("SET plan_cache_mode = force_generic_plan");
    const std::vector<std::pair<pg::Statement, std::string>> planned{
        {sql::known_items, "7, '{i6}', ARRAY[sha256('7')], ARRAY[sha256('7')], ARRAY[now()]"},
        {sql::update_links, "7, '{i6}', '{x}', '{y}', '{none}', '{f}'"},
        {sql::set_regarding_categories, "7, '{i6}', '{x}'"},
        {sql::tag_links_by_hand, "7, '{i6}', '{r}', ARRAY[now()]"},
        {sql::write_backs_done, "7, '{i6}', '{1}', ARRAY['[]']::jsonb[], '{v}', '{tracked}'"},
        {sql::write_backs_sent, "7, '{i6}', '{1}'"},
        {sql::write_backs_retry, "7, '{i6}', '{1}', '{f}', ARRAY[now()]"},
    };
    for (const auto& [statement, values] : planned) {
        INFO(statement.name);
        const std::string plan = empty.explain(statement, values);
        INFO(plan);
        std::istringstream lines(plan);
        for (std::string line; std::getline(lines, line);)
            // A filter compares each row with what was asked for, instead of looking it up.
            if (line.find("Filter: ") != std::string::npos) {
                CHECK(line.find("item_id = ") == std::string::npos);
                CHECK(line.find("hmac = ") == std::string::npos);
            }
        CHECK(plan.find("Index Cond: ((mailbox_id = $1) AND (item_id = ") != std::string::npos);
    }
}

TEST_CASE("what people ask of the views goes by its index")
{
    Seeded seeded;
    check_plan(
        seeded.explain("SELECT subject FROM crm.activity WHERE regarding_id = md5('record8')::uuid "
                       "ORDER BY occurred_at DESC LIMIT 20"),
        {"activity_regarding"});
    check_plan(seeded.explain("SELECT subject FROM crm.activity WHERE owner_id = "
                              "md5('owner7')::uuid AND deleted_at IS NULL "
                              "ORDER BY occurred_at DESC LIMIT 20"),
               {"activity_owner"});
    check_plan(seeded.explain(
                   "SELECT activity_id FROM crm.activity_party WHERE address = 'c7@example.com'"),
               {"activity_party_address"});
    check_plan(
        seeded.explain(
            "SELECT activity_id FROM crm.activity_party WHERE record_id = md5('record9')::uuid"),
        {"activity_party_record"});
    check_plan(seeded.explain("SELECT name FROM crm.record WHERE number = 'C-7'"),
               {"record_number_written"});
    check_plan(
        seeded.explain(
            "SELECT item_id FROM sync.decision WHERE mailbox_id = 7 AND thread_hmac = sha256('7')"),
        {"decision_thread"});
}
