#include "support/builders.hpp"
#include "sync/page_handler.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using crmsync::sync::latest;

namespace {

Change changed(std::string id, std::string version)
{
    Change change;
    change.item = message().id(std::move(id)).version(std::move(version)).item();
    change.key = change.item->key;
    return change;
}

Change removed(std::string id)
{
    Change change;
    change.key = {MailboxId(1), std::move(id)};
    return change;
}

std::string told(const std::vector<Change>& changes)
{
    std::string text;
    for (const Change& change : changes)
        text += change.key.id + (change.removed() ? "-" : change.item->version->value) + " ";
    return text;
}

std::vector<Change> page(std::initializer_list<Change> changes) { return changes; }

} // namespace

TEST_CASE("of several changes of an item in a page the later counts, in the order of the page")
{
    CHECK(told(latest({})).empty());
    CHECK(told(latest(page({changed("a", "1"), changed("b", "1")}))) == "a1 b1 ");
    CHECK(told(latest(page({changed("a", "1"), changed("b", "1"), changed("a", "2")}))) ==
          "b1 a2 ");
    CHECK(told(latest(page({changed("a", "1"), changed("a", "2"), changed("a", "3")}))) == "a3 ");
}

TEST_CASE("a removal after a change counts, and so does a change after a removal")
{
    CHECK(told(latest(page({changed("a", "1"), removed("a")}))) == "a- ");
    CHECK(told(latest(page({removed("a"), changed("a", "2")}))) == "a2 ");
}
