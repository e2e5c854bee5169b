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
        const UntrackVerdict verdict = judge_untracks(staged({"a"}), fresh);
        CHECK(verdict.release == row.release);
        CHECK(verdict.drop == row.drop);
        CHECK(verdict.keep == row.keep);
    }
}

TEST_CASE("removals are judged one by one and counted together with those of the last hour")
{
    store::Staged all = staged({"a", "b", "c", "d"});
    all.removed_last_hour = 7;
    const UntrackVerdict verdict = judge_untracks(all, {{"a", FreshLook::bare},
                                                        {"b", FreshLook::carries},
                                                        {"c", FreshLook::bare},
                                                        {"stranger", FreshLook::bare}});
    CHECK(verdict.release == Ids{"a", "c"});
    CHECK(verdict.drop == Ids{"b"});
    CHECK(verdict.keep == Ids{"d"});
    CHECK(verdict.in_last_hour == 9);
}
