#include "sync/untrack.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;

namespace {

store::Staged staged(const std::vector<std::string>& item_ids)
{
    store::Staged all;
    for (const std::string& id : item_ids) {
        store::StagedRemoval removal;
        removal.item_id = id;
        removal.linked = true;
        all.removals.push_back(removal);
    }
    return all;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("only a fresh look that shows the category gone lets an untrack through")
{
    struct Row {
        const char* situation;
        std::optional<FreshLook> look;
        Ids release, drop, keep;
    };
    const Row rows[] = {
        {"the category is gone", FreshLook::bare, {"a"}, {}, {}},
        {"the category is there again", FreshLook::carries, {}, {"a"}, {}},
        {"the item was deleted", FreshLook::gone, {}, {"a"}, {}},
        {"the answer was silent about categories", FreshLook::not_said, {}, {}, {"a"}},
        {"nobody looked", std::nullopt, {}, {}, {"a"}},
    };
    for (const Row& row : rows) {
        INFO(row.situation);
        std::map<std::string, FreshLook> fresh;
        if (row.look)
            fresh["a"] = *row.look;
        const UntrackVerdict verdict = judge_untracks(staged({"a"}), fresh, false);
        CHECK(verdict.release == row.release);
        CHECK(verdict.drop == row.drop);
        CHECK(verdict.keep == row.keep);
    }
}

TEST_CASE("removals are judged one by one and counted together with those of the last hour")
{
    store::Staged all = staged({"a", "b", "c", "d"});
    all.removed_last_hour = 7;
    const UntrackVerdict verdict = judge_untracks(all,
                                                  {{"a", FreshLook::bare},
                                                   {"b", FreshLook::carries},
                                                   {"c", FreshLook::bare},
                                                   {"stranger", FreshLook::bare}},
                                                  false);
    CHECK(verdict.release == Ids{"a", "c"});
    CHECK(verdict.drop == Ids{"b"});
    CHECK(verdict.keep == Ids{"d"});
    CHECK(verdict.in_last_hour == 9);
}

TEST_CASE("how many removals within an hour are believed")
{
    struct Row {
        std::int64_t links, allowed;
    };
    const Row rows[] = {{0, 10},   {10, 10},     {219, 10},    {220, 11},       {1'000, 50},
                        {999, 49}, {4'000, 200}, {4'020, 200}, {1'000'000, 200}};
    for (const Row& row : rows) {
        INFO(row.links << " links");
        CHECK(removals_allowed(row.links) == row.allowed);
    }
}

namespace {

/// So many removals that a look confirmed, of a mailbox with so many links.
UntrackVerdict confirmed(int count, std::int64_t links, int removed_last_hour = 0)
{
    Ids ids;
    std::map<std::string, FreshLook> fresh;
    for (int i = 0; i < count; ++i) {
        ids.push_back("item " + std::to_string(i));
        fresh[ids.back()] = FreshLook::bare;
    }
    store::Staged all = staged(ids);
    all.links = links;
    all.removed_last_hour = removed_last_hour;
    return judge_untracks(all, fresh, false);
}

} // namespace

TEST_CASE("one removal too many within the hour holds them all")
{
    CHECK(confirmed(10, 100).hold.empty());
    CHECK(confirmed(10, 100).release.size() == 10);
    CHECK(confirmed(11, 100).hold.size() == 11);
    CHECK(confirmed(11, 100).release.empty());
    CHECK(confirmed(11, 100).guard == Guard::many);
    CHECK(confirmed(1, 100, 9).hold.empty());
    CHECK(confirmed(1, 100, 10).hold.size() == 1);
    CHECK(confirmed(50, 1'000).hold.empty());
    CHECK(confirmed(51, 1'000).hold.size() == 51);
    CHECK(confirmed(200, 1'000'000).hold.empty());
    CHECK(confirmed(201, 1'000'000).hold.size() == 201);
}

TEST_CASE("while nothing is taken off, the last hour holds nothing")
{
    store::Staged all = staged({"a"});
    all.removed_last_hour = 10;
    CHECK(judge_untracks(all, {{"a", FreshLook::carries}}, true).guard == Guard::open);
    CHECK(judge_untracks(all, {}, true).keep == Ids{"a"});
}

TEST_CASE("a category that is gone from the list, or was within the hour, holds a single removal")
{
    const std::map<std::string, FreshLook> bare{{"a", FreshLook::bare}};
    store::Staged all = staged({"a"});
    CHECK(judge_untracks(all, bare, true).hold == Ids{"a"});
    CHECK(judge_untracks(all, bare, true).guard == Guard::category_gone);
    all.category_went = true;
    CHECK(judge_untracks(all, bare, false).guard == Guard::category_gone);
}

TEST_CASE("what a person said about held removals goes past the guard")
{
    store::Staged all = staged({"a", "b", "c", "d", "e"});
    all.removed_last_hour = 10;
    all.removals[0].wanted = all.removals[1].wanted = store::HeldWish::confirm;
    all.removals[2].wanted = store::HeldWish::reject;
    all.removals[4].linked = false;
    const UntrackVerdict verdict = judge_untracks(
        all, {{"a", FreshLook::bare}, {"b", FreshLook::carries}, {"d", FreshLook::bare}}, false);
    CHECK(verdict.confirm == Ids{"a"});
    CHECK(verdict.reject == Ids{"c"});
    CHECK(verdict.drop == Ids{"b", "e"});
    CHECK(verdict.hold == Ids{"d"});
    CHECK(verdict.in_last_hour == 11);
}
