#include "integration/store/stored.hpp"
#include "store/candidate_rows.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace crmsync;
using namespace crmsync::test;

namespace {

store::RecordRow row(std::int64_t line, const std::string& type, const std::string& external_id,
                     const std::string& name)
{
    store::RecordRow all;
    all.line = line;
    all.key = {type, external_id};
    all.name = name;
    return all;
}

std::vector<std::int64_t> refused_lines(const store::ImportReport& report)
{
    std::vector<std::int64_t> lines;
    for (const store::RefusedRow& refused : report.refused)
        lines.push_back(refused.line);
    return lines;
}

using Lines = std::vector<std::int64_t>;

struct Importing : Stored {
    store::ImportReport import(std::vector<store::RecordRow> rows)
    {
        return run(records.import(std::move(rows)));
    }
    Candidates candidates(const CandidateQuery& query)
    {
        auto connection = run(pool.acquire());
        return run(store::find_candidates(*connection, query));
    }
};

} // namespace

TEST_CASE("an import adds, a second one changes, and neither doubles")
{
    Importing in;
    auto account = row(2, "account", "A1", "Adventure Works");
    account.number = std::string("ACC-1");
    account.domains = std::vector<Domain>{{"adventure.example"}};
    account.fields_json = R"({"city": "Bern"})";
    auto contact = row(3, "contact", "C1", "Ann");
    contact.parent = store::RecordKey{"account", "A1"};
    contact.addresses = std::vector<Address>{{"ann@adventure.example"}};
    auto report = in.import({contact, account}); // the child first
    CHECK(report.added == 2);
    CHECK(report.refused.empty());
    CHECK(
        in.text("SELECT p.name FROM crm.record AS c JOIN crm.record AS p ON p.id = c.parent_id") ==
        "Adventure Works");

    // What the second import does not say stays; what it says to be empty is cleared.
    auto renamed = row(2, "account", "A1", "Adventure Works AG");
    renamed.fields_json = R"({"size": 7})";
    auto alone = row(3, "contact", "C1", "Ann");
    alone.parent = Said<store::RecordKey>::empty();
    alone.addresses = std::vector<Address>{{"ann@new.example"}};
    report = in.import({renamed, alone});
    CHECK(report.changed == 2);
    CHECK(in.text("SELECT name || ' ' || number || ' ' || fields::text FROM crm.record WHERE type "
                  "= 'account'") == R"(Adventure Works AG ACC-1 {"city": "Bern", "size": 7})");
    CHECK(in.text("SELECT string_agg(address, ',' ORDER BY address) FROM crm.record_address") ==
          "adventure.example,ann@new.example");
    CHECK(in.text("SELECT parent_id::text FROM crm.record WHERE type = 'contact'") == "(null)");
    CHECK(in.number("SELECT count(*) FROM crm.record") == 2);
}

TEST_CASE("a bad row is refused with its reason, and the good ones go in")
{
    Importing in;
    in.user("owner@contoso.example");
    auto taken = row(1, "case", "K0", "Earlier");
    taken.number = std::string("CAS-1");
    in.import({taken});

    auto good = row(2, "account", "A1", "Good");
    good.owner = Address{"Owner@contoso.example"};
    good.owner = *parse_address("Owner@contoso.example");
    auto number_taken = row(3, "case", "K1", "Number taken");
    number_taken.number = std::string("cas-1");
    auto orphan = row(4, "contact", "C1", "Orphan");
    orphan.parent = store::RecordKey{"account", "nowhere"};
    auto stranger = row(5, "account", "A2", "Stranger's");
    stranger.owner = *parse_address("nobody@contoso.example");
    auto twice = row(6, "account", "A1", "Again");
    auto child_of_refused = row(7, "contact", "C2", "Child of a refused row");
    child_of_refused.parent = store::RecordKey{"account", "A2"};
    auto own_parent = row(8, "account", "A3", "Own parent");
    own_parent.parent = own_parent.key;
    const auto report =
        in.import({good, number_taken, orphan, stranger, twice, child_of_refused, own_parent});
    CHECK(report.added == 1);
    CHECK(refused_lines(report) == Lines{3, 4, 5, 6, 7, 8});
    CHECK(report.refused[0].reason.find("CAS-1") == std::string::npos); // as the file spells it
    CHECK(report.refused[0].reason.find("cas-1") != std::string::npos);
    CHECK(report.refused[0].reason.find("K0") != std::string::npos);
    CHECK(in.text("SELECT o.external_id FROM crm.record AS r JOIN crm.record AS o ON o.id = "
                  "r.owner_id") == "owner@contoso.example");
}

TEST_CASE("two records swap their numbers in one import")
{
    Importing in;
    auto one = row(1, "case", "K1", "One");
    one.number = std::string("CAS-1");
    auto two = row(2, "case", "K2", "Two");
    two.number = std::string("CAS-2");
    in.import({one, two});
    std::swap(one.number, two.number);
    CHECK(in.import({one, two}).refused.empty());
    CHECK(in.run(in.records.by_number("cas-2"))->external_id == "K1");
}

TEST_CASE("a number two rows of a file claim goes to the first")
{
    Importing in;
    auto one = row(1, "case", "K1", "One");
    one.number = std::string("CAS-1");
    auto two = row(2, "case", "K2", "Two");
    two.number = std::string("CAS-1");
    CHECK(refused_lines(in.import({one, two})) == Lines{2});
}

TEST_CASE("a large import goes in whole")
{
    Importing in;
    std::vector<store::RecordRow> rows;
    for (int i = 0; i < 2500; ++i) {
        auto one = row(i, "contact", "C" + std::to_string(i), "Contact " + std::to_string(i));
        one.addresses = std::vector<Address>{{"c" + std::to_string(i) + "@example.com"}};
        // The parent comes two statements later.
        one.parent = store::RecordKey{"contact", "C" + std::to_string(2499 - i)};
        rows.push_back(std::move(one));
    }
    const auto imported = in.import(std::move(rows));
    CHECK(imported.added == 2500);
    CHECK(in.number("SELECT count(*) FROM crm.record_address") == 2500);
    CHECK(in.number("SELECT count(parent_id) FROM crm.record") == 2500);
}

TEST_CASE("a record is found by number, external id, address and name, the surest first")
{
    Importing in;
    auto one = row(1, "account", "X-9", "Adventure Works, Inc.");
    one.number = std::string("ACC-9");
    one.addresses = std::vector<Address>{{"info@adventure.example"}};
    in.import({one, row(2, "account", "X-8", "The Adventure")});
    const auto names = [&](const std::string& text) {
        std::vector<std::string> found;
        for (const store::FoundRecord& record : in.run(in.records.find(text)))
            found.push_back(record.record.name);
        return found;
    };
    using Names = std::vector<std::string>;
    CHECK(names("acc-9") == Names{"Adventure Works, Inc."});
    CHECK(names("X-9") == Names{"Adventure Works, Inc."});
    CHECK(names("Info+crm@Adventure.example") == Names{"Adventure Works, Inc."});
    CHECK(names("adventure") == Names{"Adventure Works, Inc.", "The Adventure"});
    CHECK(names("100%_").empty());
    CHECK(in.run(in.records.find("acc-9")).at(0).addresses == Names{"info@adventure.example"});
}

TEST_CASE("an address belongs to one user, made when there is none")
{
    Importing in;
    const auto made = in.run(in.records.find_or_create_user(*parse_address("ann@contoso.example")));
    CHECK(made.created);
    const auto again =
        in.run(in.records.find_or_create_user(*parse_address("ann@contoso.example")));
    CHECK_FALSE(again.created);
    CHECK(again.id == made.id);
    CHECK(in.run(in.records.find_owner(" Ann@Contoso.example ")) == made.id);
    CHECK_FALSE(in.run(in.records.find_owner("nobody")));

    // An alias leads to the user who has it.
    auto ann = row(1, "user", "ann@contoso.example", "Ann Smith");
    ann.addresses = std::vector<Address>{{"ann@contoso.example"}, {"a.smith@contoso.example"}};
    in.import({ann});
    const auto alias =
        in.run(in.records.find_or_create_user(*parse_address("a.smith@contoso.example")));
    CHECK_FALSE(alias.created);
    CHECK(alias.id == made.id);
}

TEST_CASE("a user made for a mailbox becomes the one that is imported with its address")
{
    Importing in;
    const RecordId made = in.user("ann@contoso.example");
    auto ann = row(1, "user", "U1", "Ann Smith");
    ann.addresses = std::vector<Address>{{"a.smith@contoso.example"}, {"ann@contoso.example"}};
    auto namesake = row(2, "user", "U2", "Ann Miller");
    namesake.addresses = std::vector<Address>{{"ann@contoso.example"}};
    const auto report = in.import({ann, namesake});
    CHECK(report.changed == 1);
    CHECK(report.added == 1);
    CHECK(in.text("SELECT external_id || ' ' || name FROM crm.record WHERE id = '" +
                  to_string(made.value) + "'") == "U1 Ann Smith");
    CHECK(in.number("SELECT count(*) FROM crm.record") == 2);
    CHECK(in.user("ann@contoso.example") == made);
}

TEST_CASE("a user is not taken over by another that an import named after the address")
{
    Importing in;
    const RecordId made = in.user("ann@contoso.example");
    auto other = row(1, "user", "U1", "Team account");
    other.addresses = std::vector<Address>{{"ann@contoso.example"}};
    auto ann = row(2, "user", "ann@contoso.example", "Ann Smith");
    ann.addresses = std::vector<Address>{{"ann@contoso.example"}};
    CHECK(in.import({other, ann}).added == 1);
    CHECK(in.text("SELECT name FROM crm.record WHERE id = '" + to_string(made.value) + "'") ==
          "Ann Smith");
    // Nor one that an import has named since.
    auto third = row(1, "user", "U3", "Somebody");
    third.addresses = std::vector<Address>{{"ann@contoso.example"}};
    CHECK(in.import({third}).added == 1);
}

TEST_CASE("a page's addresses and domains lead to their records")
{
    Importing in;
    auto account = row(1, "account", "A1", "Adventure Works");
    account.domains = std::vector<Domain>{{"adventure.example"}};
    auto ann = row(2, "contact", "C1", "Ann");
    ann.addresses = std::vector<Address>{{"ann@adventure.example"}};
    auto other_ann = row(3, "lead", "L1", "Ann?");
    other_ann.addresses = std::vector<Address>{{"ann@adventure.example"}};
    in.import({account, ann, other_ann});
    in.mailbox("me@contoso.example");
    in.mailbox("off@contoso.example", MailboxState::disabled);

    CandidateQuery query;
    query.addresses = {{"ann@adventure.example"},
                       {"nobody@example.com"},
                       {"me@contoso.example"},
                       {"off@contoso.example"}};
    query.domains = {{"adventure.example"}, {"example.com"}};
    const Candidates found = in.candidates(query);
    CHECK(found.by_address.at({"ann@adventure.example"}).size() == 2);
    CHECK_FALSE(found.by_address.contains({"nobody@example.com"}));
    const RecordId by_domain = found.by_domain.at({"adventure.example"}).at(0);
    CHECK(found.records.at(by_domain).name == "Adventure Works");
    CHECK(found.mailbox_owners.contains({"me@contoso.example"}));
    CHECK_FALSE(found.mailbox_owners.contains({"off@contoso.example"}));
    CHECK(in.candidates(CandidateQuery()).records.empty());
}

TEST_CASE("all addresses of a user with an enabled mailbox lead to the user")
{
    Importing in;
    auto kim = row(1, "user", "U1", "Kim");
    kim.addresses = std::vector<Address>{{"kim@contoso.example"}, {"kim.old@contoso.example"}};
    auto off = row(2, "user", "U2", "Off");
    off.addresses = std::vector<Address>{{"off@contoso.example"}, {"off.old@contoso.example"}};
    auto desk = row(3, "team", "T1", "Desk");
    desk.addresses = std::vector<Address>{{"desk@contoso.example"}, {"both@contoso.example"}};
    auto both = row(4, "user", "U4", "Both");
    both.addresses = std::vector<Address>{{"both@contoso.example"}};
    in.import({kim, off, desk, both});
    for (const auto& [address, type, external_id] :
         {std::array{"kim@contoso.example", "user", "U1"},
          std::array{"second@contoso.example", "user", "U1"},
          std::array{"off@contoso.example", "user", "U2"},
          std::array{"info@contoso.example", "team", "T1"},
          std::array{"b@contoso.example", "user", "U4"}}) {
        in.mailbox(address, std::string_view(address).starts_with("off") ? MailboxState::disabled
                                                                         : MailboxState::enabled);
        in.sql("UPDATE sync.mailbox SET owner_id = (SELECT id FROM store.record WHERE type = "
               "'" +
               std::string(type) + "' AND external_id = '" + external_id + "') WHERE address = '" +
               address + "'");
    }
    CandidateQuery query;
    for (const char* address :
         {"kim@contoso.example", "kim.old@contoso.example", "off.old@contoso.example",
          "desk@contoso.example", "both@contoso.example", "second@contoso.example"})
        query.addresses.insert({address});
    const Candidates found = in.candidates(query);
    const auto kims = found.mailbox_owner({"kim@contoso.example"});
    REQUIRE(kims);
    CHECK(found.mailbox_owner({"kim.old@contoso.example"}) == kims);
    CHECK(found.mailbox_owner({"second@contoso.example"}) == kims);
    CHECK(found.mailbox_owner({"desk@contoso.example"}));
    CHECK_FALSE(found.mailbox_owner({"off.old@contoso.example"}));
    CHECK_FALSE(found.mailbox_owner({"both@contoso.example"})); // a user and a team
}

TEST_CASE("a typed label leads to number, name or beginning of a name")
{
    Importing in;
    auto renewal = row(1, "opportunity", "O1", "Renewal 2026");
    renewal.number = std::string("OPP-7");
    in.import({renewal, row(2, "opportunity", "O2", "Renewal 2027"),
               row(3, "account", "A1", "Adventure Works, Inc."), row(4, "account", "A2", "Zebra"),
               row(5, "user", "U1", "Renewal Team")});
    CandidateQuery query;
    query.labels = {"opp-7", "renewal 2026", "renewal", "adventure works inc.", "nothing", "   "};
    const Candidates found = in.candidates(query);
    const auto name = [&](RecordId id) { return found.records.at(id).name; };
    CHECK(name(found.by_label.at("opp-7").by_number.at(0)) == "Renewal 2026");
    CHECK(name(found.by_label.at("renewal 2026").by_name.at(0)) == "Renewal 2026");
    CHECK(found.by_label.at("renewal").by_prefix.size() == 2); // no user among them
    CHECK(name(found.by_label.at("adventure works inc.").by_name.at(0)) == "Adventure Works, Inc.");
    CHECK_FALSE(found.by_label.contains("nothing"));
    CHECK_FALSE(found.by_label.contains("   "));
}

TEST_CASE("a stored message is found by its Message-ID, a living one before a tombstone")
{
    Importing in;
    const Fence ann = in.leased("ann@contoso.example");
    const RecordId user = in.user("ann@contoso.example");
    const RecordId account = in.record("account", "Adventure Works");
    TrackedItem item = tagged("a1", "m@example.com", user, "ann@contoso.example");
    item.regarding = account;
    item.had_external = true;
    const ActivityId first = in.commit(ann, plan_of(item)).tracked[0].activity;
    CandidateQuery query;
    query.message_ids = {"m@example.com", "unknown@example.com"};
    Candidates found = in.candidates(query);
    CHECK(found.by_message_id.size() == 1);
    const StoredMessage message = found.by_message_id.at("m@example.com");
    CHECK(message.activity == first);
    CHECK(message.regarding == account);
    CHECK(message.had_external);
    CHECK_FALSE(message.deleted);
    CHECK(found.records.at(account).name == "Adventure Works");

    in.sql("UPDATE store.activity SET deleted_at = now(), purge_after = now()");
    CHECK(in.candidates(query).by_message_id.at("m@example.com").deleted);
    TrackedItem other = tagged("a2", "m@example.com", user, "ann@contoso.example");
    other.identity.from_hash = digest("eve@example.com");
    const ActivityId second = in.commit(ann, plan_of(other)).tracked[0].activity;
    found = in.candidates(query);
    CHECK(found.by_message_id.at("m@example.com").activity == second);
    REQUIRE(found.reused.at("m@example.com").size() == 1);
    CHECK(found.reused.at("m@example.com")[0].deleted);
}

TEST_CASE("the other messages under a Message-ID are found once they are asked for")
{
    Importing in;
    const Fence ann = in.leased("ann@contoso.example");
    const RecordId user = in.user("ann@contoso.example");
    const TrackedItem january = tagged("a1", "report@example.com", user, "ann@contoso.example");
    TrackedItem february = tagged("a2", "report@example.com", user, "ann@contoso.example");
    february.identity.sent_at = january.identity.sent_at + std::chrono::hours(24 * 31);
    const ActivityId first = in.commit(ann, plan_of(january)).tracked[0].activity;
    const ActivityId second = in.commit(ann, plan_of(february)).tracked[0].activity;
    CHECK(first != second);

    CandidateQuery query;
    query.message_ids = {"report@example.com"};
    Candidates found = in.candidates(query);
    CHECK(found.by_message_id.at("report@example.com").activity == first);
    CHECK(found.reused.empty());
    auto connection = in.run(in.pool.acquire());
    in.run(store::find_reused(*connection, query.message_ids, found));
    REQUIRE(found.reused.at("report@example.com").size() == 1);
    const StoredMessage& other = found.reused.at("report@example.com")[0];
    CHECK(other.activity == second);
    REQUIRE(other.sent);
    CHECK(other.sent->first == february.identity.from_hash);
    CHECK(other.sent->second == february.identity.sent_at);
    in.run(store::find_links_here(*connection, ann.mailbox, query.message_ids, found));
    CHECK(found.reused.at("report@example.com")[0].linked_here == "user");
}
