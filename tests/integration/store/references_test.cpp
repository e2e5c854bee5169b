#include "integration/store/stored.hpp"
#include "store/references.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::test;

namespace {

/// One tracked message with something in every table that names rows of another.
struct Linked : Stored {
    Linked()
    {
        const Fence ann = leased("ann@contoso.example");
        commit(ann, plan_of(tagged("a1", "m@example.com", user("ann@contoso.example"),
                                   "ann@contoso.example")));
        record("account", "Works");
        sql("UPDATE store.activity SET regarding_id = (SELECT id FROM store.record WHERE type = "
            "'account')");
        sql("UPDATE store.activity_party SET record_id = (SELECT regarding_id FROM "
            "store.activity), resolution = 'resolved' WHERE role = 'from'");
        sql("INSERT INTO store.activity_connection (activity_id, record_id, role) SELECT id, "
            "regarding_id, 'party' FROM store.activity");
        sql("INSERT INTO sync.folder (mailbox_id, folder_id) SELECT id, 'x' FROM sync.mailbox");
        sql("INSERT INTO sync.pin (mailbox_id, message_hmac, kind) SELECT id, sha256('x'), "
            "'untrack' FROM sync.mailbox");
    }

    /// Names of what dangles, with the number of rows.
    std::vector<std::string> dangling()
    {
        auto connection = run(pool.acquire());
        std::vector<std::string> names;
        for (const store::Reference& one : run(store::check_references(*connection))) {
            CHECK(one.examples.empty() == (one.dangling == 0));
            if (one.dangling > 0)
                names.push_back(one.name + " " + std::to_string(one.dangling));
        }
        std::sort(names.begin(), names.end());
        return names;
    }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("what the service wrote leads somewhere, all of it")
{
    Linked linked;
    CHECK(linked.dangling() == Names{});
}

TEST_CASE("a record that went leaves the references to it behind, and they are found")
{
    Linked linked;
    linked.sql("DELETE FROM store.record");
    CHECK(linked.dangling() ==
          Names{"activity.owner_id -> record 1", "activity.regarding_id -> record 1",
                "activity_connection.record_id -> record 1", "activity_party.record_id -> record 1",
                "mailbox.owner_id -> record 1"});
}

TEST_CASE("an activity that went leaves its link and its identity behind, and they are found")
{
    Linked linked;
    const std::string activity = linked.text("SELECT id::text FROM store.activity");
    linked.sql("DELETE FROM store.activity_party");
    linked.sql("DELETE FROM store.activity");
    CHECK(linked.dangling() ==
          Names{"activity_identity.activity_id -> activity 1", "link.activity_id -> activity 1"});
    auto connection = linked.run(linked.pool.acquire());
    for (const store::Reference& one : linked.run(store::check_references(*connection)))
        if (one.name == "activity_identity.activity_id -> activity")
            CHECK(one.examples == Names{activity});
}

TEST_CASE("a mailbox that went leaves its rows behind, and they are found")
{
    Linked linked;
    linked.sql("DELETE FROM sync.lease");
    linked.sql("DELETE FROM sync.mailbox");
    CHECK(linked.dangling() == Names{"folder.mailbox_id -> mailbox 1",
                                     "link.mailbox_id -> mailbox 1",
                                     "pin.mailbox_id -> mailbox 1"});
}
