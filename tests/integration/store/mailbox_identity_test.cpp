#include "integration/store/stored.hpp"
#include "store/installation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

TEST_CASE("a mailbox keeps what it was told, and forgets it when that is taken away")
{
    Stored stored;
    const MailboxId ann = stored.mailbox("ann@contoso.example").id;
    const auto choose = [&](const std::string& key, std::optional<std::string> value) {
        return stored.run(stored.mailboxes.choose(ann, key, std::move(value))).value();
    };
    CHECK(choose("mode", "replies").mode == Mode::replies);
    CHECK(choose("show_shared", "false").show_shared == false);
    CHECK(choose("sent_items", "true").sent_items == true);
    Mailbox now = choose("on_untrack", "keep");
    CHECK(now.on_untrack == "keep");
    CHECK(now.mode == Mode::replies);
    CHECK(now.show_shared == false);
    now = choose("show_shared", std::nullopt);
    CHECK_FALSE(now.show_shared);
    CHECK(now.sent_items == true);
    CHECK_FALSE(choose("mode", std::nullopt).mode);
    CHECK_FALSE(stored.run(stored.mailboxes.choose(MailboxId(4711), "mode", "manual")));
}

TEST_CASE("an account is one mailbox's, and a second one hears whose")
{
    Stored stored;
    const MailboxId ann = stored.mailbox("ann@contoso.example").id;
    const MailboxId alias = stored.mailbox("a@contoso.example").id;
    CHECK_FALSE(stored.run(stored.mailboxes.learn_object_id(ann, "id-1")));
    CHECK_FALSE(stored.run(stored.mailboxes.learn_object_id(ann, "id-1")));
    const auto other = stored.run(stored.mailboxes.learn_object_id(alias, "id-1"));
    REQUIRE(other);
    CHECK(other->text == "ann@contoso.example");
    CHECK_FALSE(stored.run(stored.mailboxes.by_id(alias))->object_id);
    CHECK(stored.run(stored.mailboxes.by_id(ann))->object_id == "id-1");
}

TEST_CASE("a new address is taken over unless it is another mailbox's, and the user is known by it")
{
    Stored stored;
    const MailboxId ann = stored.mailbox("ann@contoso.example").id;
    stored.mailbox("bo@contoso.example");
    CHECK_FALSE(stored.run(stored.mailboxes.rename(ann, {"bo@contoso.example"})));
    CHECK(stored.run(stored.mailboxes.by_id(ann))->address.text == "ann@contoso.example");
    CHECK(stored.run(stored.mailboxes.rename(ann, {"ann.w@contoso.example"})));
    const auto renamed = stored.run(stored.mailboxes.by_id(ann));
    CHECK(renamed->address.text == "ann.w@contoso.example");
    const auto owner = stored.run(stored.records.find_owner("ann.w@contoso.example"));
    CHECK(owner == renamed->owner);
    CHECK(owner == stored.run(stored.records.find_owner("ann@contoso.example")));
}

TEST_CASE("a mailbox is as old as the first time it was enabled")
{
    Stored stored;
    const MailboxId ann = stored.mailbox("ann@contoso.example").id;
    const auto enabled_at = [&] { return stored.run(stored.mailboxes.by_id(ann))->enabled_at; };
    const auto set = [&](MailboxState state) {
        stored.run(stored.mailboxes.set_state(ann, state));
    };
    const auto first = enabled_at();
    REQUIRE(first);
    set(MailboxState::stopped);
    set(MailboxState::enabled);
    CHECK(enabled_at() == first);
    set(MailboxState::disabled);
    set(MailboxState::enabled);
    CHECK(enabled_at() == first);
}

TEST_CASE("an installation keeps its id")
{
    Stored stored;
    store::Installation installation(stored.pool);
    const std::string id = stored.run(installation.id());
    CHECK(parse_uuid(id));
    CHECK(stored.run(installation.id()) == id);
    CHECK(stored.text("SELECT id::text FROM sync.installation") == id);
}
