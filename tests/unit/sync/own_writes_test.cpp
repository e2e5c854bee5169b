#include "support/builders.hpp"
#include "sync/own_writes.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");

Item item_in(const char* folder, const char* version, std::vector<std::string> categories)
{
    Item item = message().categories(std::move(categories));
    item.key.id = "a1";
    item.folder = FolderId(folder);
    item.version = Version(version);
    return item;
}

sync::OwnWrites answered()
{
    sync::OwnWrites own;
    own.expect(item_in("inbox", "v1", {"CRM Track", "Blue"}), noon);
    own.left("a1", Version("v2"), {"CRM Tracked", "Blue"}, noon);
    return own;
}

} // namespace

TEST_CASE("an item that is told as it was left is an echo, in whatever order")
{
    const sync::OwnWrites own = answered();
    CHECK(own.is_echo(item_in("inbox", "v2", {"CRM Tracked", "Blue"}), noon));
    CHECK(own.is_echo(item_in("inbox", "v2", {"Blue", "CRM Tracked"}), noon));
}

TEST_CASE("whatever has changed about an item since, it is no echo")
{
    const sync::OwnWrites own = answered();
    CHECK_FALSE(own.is_echo(item_in("inbox", "v3", {"CRM Tracked", "Blue"}), noon));
    CHECK_FALSE(own.is_echo(item_in("archive", "v2", {"CRM Tracked", "Blue"}), noon));
    // Be it that a server gives a change of categories no version of its own.
    CHECK_FALSE(own.is_echo(item_in("inbox", "v2", {"Blue"}), noon));
    Item untold = item_in("inbox", "v2", {});
    untold.categories = Said<std::vector<std::string>>();
    CHECK_FALSE(own.is_echo(untold, noon));
}

TEST_CASE("what was not written yet, or long ago, is no echo")
{
    sync::OwnWrites own;
    const Item item = item_in("inbox", "v1", {"CRM Track"});
    CHECK_FALSE(own.is_echo(item, noon));
    own.left("a1", Version("v1"), {"CRM Track"}, noon); // of another process
    CHECK_FALSE(own.is_echo(item, noon));
    own.expect(item, noon);
    CHECK_FALSE(own.is_echo(item, noon));
    CHECK(answered().is_echo(item_in("inbox", "v2", {"CRM Tracked", "Blue"}),
                             noon + std::chrono::minutes(9)));
    CHECK_FALSE(answered().is_echo(item_in("inbox", "v2", {"CRM Tracked", "Blue"}),
                                   noon + std::chrono::minutes(11)));
}
