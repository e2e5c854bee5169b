#include "match/same_message.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

StoredMessage stored_from(const char* sender, Timestamp at, int activity = 1)
{
    StoredMessage stored;
    stored.activity = activity_id(activity);
    stored.sent.emplace(sha256(sender), at);
    return stored;
}

} // namespace

TEST_CASE("a Message-ID stands for another message where From differs or a day lies between")
{
    const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");
    const Item item = message().from("Ann@Adventure.example").at(noon);
    using match::is_same_message;
    CHECK(is_same_message(item, stored_from("ann@adventure.example", noon)));
    CHECK(
        is_same_message(item, stored_from("ann@adventure.example", noon - std::chrono::hours(24))));
    CHECK_FALSE(
        is_same_message(item, stored_from("ann@adventure.example", noon - std::chrono::hours(25))));
    CHECK_FALSE(
        is_same_message(item, stored_from("ann@adventure.example", noon + std::chrono::hours(25))));
    CHECK_FALSE(is_same_message(item, stored_from("eve@adventure.example", noon)));
    CHECK(is_same_message(item, StoredMessage()));
}

TEST_CASE("of several messages with one Message-ID an item is its own")
{
    const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");
    const Item item = message().from("ann@adventure.example").message_id("r@x.example").at(noon);
    Candidates candidates;
    CHECK(match::stored_message(item, candidates) == nullptr);
    candidates.by_message_id["r@x.example"] =
        stored_from("ann@adventure.example", noon - std::chrono::hours(24 * 31));
    CHECK(match::stored_message(item, candidates) == nullptr);
    candidates.reused["r@x.example"].push_back(stored_from("ann@adventure.example", noon, 2));
    REQUIRE(match::stored_message(item, candidates));
    CHECK(match::stored_message(item, candidates)->activity == activity_id(2));
}

TEST_CASE("a sender who is an X.500 name in one copy and an address in another is the same")
{
    const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");
    const Item item = message().from("/O=Labs/CN=Recipients/CN=Ann").at(noon);
    CHECK(match::is_same_message(item, stored_from("ann@adventure.example", noon)));
    CHECK_FALSE(match::is_same_message(
        item, stored_from("ann@adventure.example", noon - std::chrono::hours(25))));
}
