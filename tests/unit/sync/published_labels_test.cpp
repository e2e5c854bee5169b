#include "support/builders.hpp"
#include "sync/published_labels.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;
using store::LabelState;
using store::PublishedLabel;

namespace {

using Names = std::vector<std::string>;
using Wanted = std::vector<Label>;

const Label works{record_id(1), "Adventure Works"};

PublishedLabel row(LabelState state, std::string category = "CRM: Adventure Works")
{
    return {std::move(category), "adventure works", record_id(1), state};
}

sync::LabelPlan plan(const Wanted& wanted, const std::vector<PublishedLabel>& published,
                     const Names& list)
{
    std::vector<MasterCategory> categories;
    for (const std::string& name : list)
        categories.push_back({name, 1});
    return sync::plan_labels(wanted, published, categories, "CRM:");
}

/// What becomes of the only row, in a word.
std::string becomes(const sync::LabelPlan& plan)
{
    return plan.changed.size() == 1 ? std::string(to_string(plan.changed[0].state)) : "as it was";
}

} // namespace

TEST_CASE("a label that is wanted is written down and added to the list")
{
    const auto made = plan({works}, {}, {"Red"});
    CHECK(made.changed == std::vector<PublishedLabel>{row(LabelState::adding)});
    CHECK(made.add == Names{"CRM: Adventure Works"});
    CHECK(made.remove.empty());
}

TEST_CASE("a category that somebody else put into the list is offered, and never taken off it")
{
    const auto offered = plan({works}, {}, {"crm: adventure works"});
    CHECK(becomes(offered) == "theirs");
    CHECK(offered.add.empty());
    const auto retired = plan({}, {row(LabelState::theirs)}, {"CRM: Adventure Works"});
    CHECK(becomes(retired) == "gone");
    CHECK(retired.remove.empty());
}

TEST_CASE("what was about to be added is the service's own wherever it is found")
{
    const auto again = plan({works}, {row(LabelState::adding)}, {"CRM: Adventure Works"});
    CHECK(becomes(again) == "listed");
    CHECK(again.add.empty());
    const auto not_yet = plan({works}, {row(LabelState::adding)}, {});
    CHECK(becomes(not_yet) == "as it was");
    CHECK(not_yet.add == Names{"CRM: Adventure Works"});
    const auto too_late = plan({}, {row(LabelState::adding)}, {"CRM: Adventure Works"});
    CHECK(becomes(too_late) == "removing");
    CHECK(too_late.remove == Names{"CRM: Adventure Works"});
}

TEST_CASE("what is not offered any more is taken off the list, and its row stays")
{
    const auto made =
        plan({}, {row(LabelState::listed)}, {"CRM: Adventure Works", "CRM: My own", "Red"});
    CHECK(becomes(made) == "removing");
    CHECK(made.remove == Names{"CRM: Adventure Works"});
    CHECK(becomes(plan({}, {row(LabelState::listed)}, {})) == "gone");
}

TEST_CASE("a removal that was interrupted is made up for, one that was carried out is not")
{
    const auto open = plan({}, {row(LabelState::removing)}, {"CRM: Adventure Works"});
    CHECK(open.remove == Names{"CRM: Adventure Works"});
    CHECK(becomes(plan({}, {row(LabelState::removing)}, {})) == "gone");
    // In the list again, it is the user's who put it there.
    CHECK(plan({}, {row(LabelState::gone)}, {"CRM: Adventure Works"}).remove.empty());
    CHECK(becomes(plan({works}, {row(LabelState::gone)}, {"CRM: Adventure Works"})) == "theirs");
    CHECK(becomes(plan({works}, {row(LabelState::gone)}, {})) == "adding");
}

TEST_CASE("an offered category that a user deleted comes back with the next change")
{
    const auto made = plan({works}, {row(LabelState::listed)}, {});
    CHECK(becomes(made) == "adding");
    CHECK(made.add == Names{"CRM: Adventure Works"});
}

TEST_CASE("a label that stands for another record now keeps its category in the list")
{
    const auto made = plan({{record_id(2), "ADVENTURE Works"}}, {row(LabelState::listed)},
                           {"CRM: Adventure Works"});
    REQUIRE(made.changed.size() == 1);
    CHECK(made.changed[0].record == record_id(2));
    CHECK(made.changed[0].category == "CRM: Adventure Works");
    CHECK(made.changed[0].state == LabelState::listed);
    CHECK(made.add.empty());
    CHECK(made.remove.empty());
}

TEST_CASE("after another prefix was configured the category of the old one goes")
{
    const auto made = plan({works}, {row(LabelState::listed, "About: Adventure Works")},
                           {"About: Adventure Works"});
    CHECK(made.add == Names{"CRM: Adventure Works"});
    CHECK(made.remove == Names{"About: Adventure Works"});
    CHECK(made.changed.size() == 2);
}

TEST_CASE("nothing is asked of the provider while the list offers what it should")
{
    const auto stands = [](const Wanted& wanted, const std::vector<PublishedLabel>& published) {
        return sync::labels_stand(wanted, published, "CRM:");
    };
    CHECK(stands({}, {}));
    CHECK(stands({}, {row(LabelState::gone)}));
    CHECK(stands({works}, {row(LabelState::listed)}));
    CHECK(stands({works}, {row(LabelState::theirs)}));
    CHECK(stands({works}, {row(LabelState::listed), row(LabelState::gone, "About: x")}));
    CHECK_FALSE(stands({works}, {}));
    CHECK_FALSE(stands({works}, {row(LabelState::adding)}));
    CHECK_FALSE(stands({works}, {row(LabelState::gone)}));
    CHECK_FALSE(stands({}, {row(LabelState::listed)}));
    CHECK_FALSE(stands({}, {row(LabelState::removing)}));
    CHECK_FALSE(stands({{record_id(2), "Adventure Works"}}, {row(LabelState::listed)}));
    CHECK_FALSE(stands({works}, {row(LabelState::listed, "About: Adventure Works")}));
}
