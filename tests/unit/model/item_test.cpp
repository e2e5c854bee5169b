#include "model/item.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>

using namespace crmsync;
using namespace std::chrono_literals;

namespace {

const Timestamp start = *parse_timestamp("2026-03-02T09:00:00Z");

Participants one(Role role, std::string address) { return {{role, std::move(address), ""}}; }

Item complete_message()
{
    Item item;
    item.key = {MailboxId(1), "AAA"};
    item.version = Version("v1");
    item.folder = FolderId("inbox");
    item.categories = std::vector<std::string>{"CRM Track"};
    item.subject = std::string("Offer");
    item.participants.from = one(Role::from, "ann@example.com");
    item.participants.to = one(Role::to, "bob@example.com");
    item.participants.cc = Participants{};
    item.participants.bcc = Participants{};
    item.thread.message_id = std::string("1@example.com");
    item.message().draft = false;
    item.message().message_class = std::string("IPM.Note");
    item.message().received_at = start;
    return item;
}

} // namespace

TEST_CASE("an item is complete when all that a decision needs was said")
{
    CHECK(complete_message().complete());

    struct Row {
        std::string name;
        std::function<void(Item&)> forget;
        bool still_complete;
    };
    const Row rows[] = {
        {"version", [](Item& i) { i.version = {}; }, false},
        {"folder", [](Item& i) { i.folder = {}; }, false},
        {"categories", [](Item& i) { i.categories = {}; }, false},
        {"subject", [](Item& i) { i.subject = {}; }, false},
        {"from", [](Item& i) { i.participants.from = {}; }, false},
        {"to", [](Item& i) { i.participants.to = {}; }, false},
        {"cc", [](Item& i) { i.participants.cc = {}; }, false},
        {"bcc", [](Item& i) { i.participants.bcc = {}; }, false},
        {"message class", [](Item& i) { i.message().message_class = {}; }, false},
        {"sensitivity", [](Item& i) { i.sensitivity = {}; }, true},
        {"message_id", [](Item& i) { i.thread.message_id = {}; }, false},
        {"draft", [](Item& i) { i.message().draft = {}; }, false},
        {"time", [](Item& i) { i.message().received_at = {}; }, false},
        {"from but not sender",
         [](Item& i) {
             i.participants.sender = i.participants.from;
             i.participants.from = {};
         },
         true},
        {"received but not sent",
         [](Item& i) {
             i.message().sent_at = i.message().received_at;
             i.message().received_at = {};
         },
         true},
        {"said to be empty",
         [](Item& i) {
             i.subject = Said<std::string>::empty();
             i.participants.from = Said<Participants>::empty();
             i.thread.message_id = Said<std::string>::empty();
         },
         true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Item item = complete_message();
        row.forget(item);
        CHECK(item.complete() == row.still_complete);
    }
}

TEST_CASE("a partial row says only what it says")
{
    const Item known = complete_message();
    Item newer;
    newer.key = known.key;
    newer.version = Version("v2");
    newer.categories = Said<std::vector<std::string>>::empty();
    newer.subject = std::string("Offer 2");
    newer.message().draft = true;

    const Item both = merged(newer, known);
    CHECK(both.version == Version("v2"));
    CHECK(both.categories.said());
    CHECK_FALSE(both.categories.has_value()); // taken off, not unknown
    CHECK(both.subject == std::string("Offer 2"));
    CHECK(both.folder == FolderId("inbox"));
    CHECK(both.participants == known.participants);
    CHECK(both.thread == known.thread);
    CHECK(both.message().draft == true);
    CHECK(both.message().received_at == start);
    CHECK(both.complete());
}

TEST_CASE("merging an item with itself or with nothing changes nothing")
{
    Item item = complete_message();
    item.message().automatic = AutomaticMail{true, "Precedence", {"sales"}};
    item.sensitivity = Sensitivity::private_;
    item.created_at = start;
    item.modified_at = start;
    CHECK(merged(item, item) == item);
    Item nothing;
    nothing.key = item.key;
    CHECK(merged(nothing, item) == item);
    CHECK(merged(item, nothing) == item);
}

TEST_CASE("an item of another kind is not mixed with what was known")
{
    Item newer = complete_message();
    newer.detail = Task{};
    CHECK(std::holds_alternative<Task>(merged(newer, complete_message()).detail));
}

TEST_CASE("when it happened: sent, else received, else created")
{
    Item item;
    CHECK_FALSE(item.happened_at());
    item.created_at = start;
    CHECK(item.happened_at() == start);
    item.message().received_at = start + 1h;
    CHECK(item.happened_at() == start + 1h);
    item.message().sent_at = start + 2h;
    CHECK(item.happened_at() == start + 2h);
    item.message().sent_at = Said<Timestamp>::empty();
    CHECK(item.happened_at() == start + 1h);
}

TEST_CASE("everybody who took part, the sender only where nobody is named in from")
{
    SaidParticipants said;
    said.from = one(Role::from, "a@x");
    said.sender = one(Role::sender, "assistant@x");
    said.reply_to = one(Role::reply_to, "r@x");
    said.to = one(Role::to, "b@x");
    said.cc = one(Role::cc, "c@x");
    said.bcc = one(Role::bcc, "d@x");
    const auto addresses = [&] {
        std::string text;
        for (const Participant& p : said.all())
            text += p.address + " ";
        return text;
    };
    CHECK(addresses() == "a@x b@x c@x d@x ");
    said.from = Said<Participants>::empty();
    CHECK(addresses() == "assistant@x b@x c@x d@x ");
    said.from = Participants{};
    CHECK(addresses() == "assistant@x b@x c@x d@x ");
    CHECK(SaidParticipants().all().empty());
}
