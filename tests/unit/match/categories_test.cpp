#include "base/text.hpp"
#include "match/categories.hpp"
#include "unit/match/situation.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

using namespace crmsync;
using namespace crmsync::match;
using crmsync::test::contoso_policy;
using Names = std::vector<std::string>;

namespace {

Names apply_to(Names current, StateCategory state, std::optional<std::string> regarding = {},
               Names take_off = {})
{
    return apply({state, std::move(regarding), std::move(take_off)}, current, contoso_policy());
}

/// Ours in any spelling, others that look like ours, and others.
rc::Gen<Names> some_categories()
{
    return rc::gen::container<Names>(rc::gen::element<std::string>(
        "CRM Track", "crm track", "CRM TRACKED", "CRM Tracked", "CRM Review", "CRM Refused",
        "CRM Failed", "CRM Stop", "CRM: Adventure Works", "crm: adventure works", "CRM: Renewal",
        "CRM:", "CRM", "CRM Tracker", "Blue", "blue", "Urlaub", "", "Ärger"));
}

rc::Gen<DesiredCategories> some_desire()
{
    return rc::gen::build<DesiredCategories>(
        rc::gen::set(&DesiredCategories::state,
                     rc::gen::element(StateCategory::none, StateCategory::tracked,
                                      StateCategory::review, StateCategory::refused,
                                      StateCategory::failed)),
        rc::gen::set(&DesiredCategories::regarding,
                     rc::gen::element<std::optional<std::string>>(
                         std::nullopt, std::string("CRM: Adventure Works"),
                         std::string("CRM: Renewal"), std::string("CRM: Elsewhere"))),
        rc::gen::set(&DesiredCategories::take_off, some_categories()));
}

Names others(const Names& categories, const Policy& policy)
{
    Names rest;
    std::copy_if(categories.begin(), categories.end(), std::back_inserter(rest),
                 [&](const std::string& name) { return !policy.is_ours(name); });
    return rest;
}

} // namespace

TEST_CASE("our categories are recognised in any case and with white space around them")
{
    const auto own =
        own_categories({"crm TRACK", " CRM Tracked ", "CRM Review", "Blue"}, contoso_policy());
    CHECK(own.track);
    CHECK(own.tracked);
    CHECK(own.review);
    CHECK_FALSE(own.refused);
    CHECK_FALSE(own.failed);
    CHECK(own.labels.empty());
}

TEST_CASE("CRM Stop is the user's: no answer takes it off, but for the sender's own")
{
    CHECK(own_categories({"crm STOP"}, contoso_policy()).stop);
    CHECK_FALSE(own_categories({"CRM Stop"}, contoso_policy()).any());
    CHECK(apply_to({"CRM Track", "CRM Stop"}, StateCategory::tracked) ==
          Names{"CRM Stop", "CRM Tracked"});
    CHECK(apply_to({"crm stop", "CRM Tracked"}, StateCategory::none) == Names{"crm stop"});
    CHECK(apply_to({"CRM Stop"}, StateCategory::none, {}, {"CRM Stop"}).empty());
}

TEST_CASE("labels are kept as spelled and in order, the same one only once")
{
    const auto own =
        own_categories({"CRM: Renewal", "CRM:Adventure", "crm: renewal"}, contoso_policy());
    CHECK(own.labels == Names{"CRM: Renewal", "CRM:Adventure"});
}

TEST_CASE("what only looks like ours is somebody else's")
{
    for (const std::string name : {"CRM", "CRM:", "CRM: ", "CRM Tracking", "My CRM Track", ""})
        CHECK_FALSE(own_categories({name}, contoso_policy()).any());
}

TEST_CASE("a renamed category is recognised by its new name")
{
    Settings settings;
    settings.tracking.track_category = "Ins CRM";
    settings.tracking.regarding_prefix = "Zu:";
    const Policy policy = make_policy(settings);
    CHECK(own_categories({"INS CRM"}, policy).track);
    CHECK(own_categories({"zu: Müller"}, policy).labels == Names{"zu: Müller"});
    CHECK(policy.label_of("zu: MÜLLER") == std::optional<std::string>("müller"));
}

TEST_CASE("the answer replaces the wish and leaves everybody else's categories alone")
{
    CHECK(apply_to({"Blue", "CRM Track", "Blue", "Ärger"}, StateCategory::tracked) ==
          Names{"Blue", "Blue", "Ärger", "CRM Tracked"});
}

TEST_CASE("an answer that is there keeps its place and its spelling")
{
    CHECK(apply_to({"crm tracked", "Blue", "CRM Track"}, StateCategory::tracked) ==
          Names{"crm tracked", "Blue"});
}

TEST_CASE("of two spellings of the answer one is left")
{
    CHECK(apply_to({"crm tracked", "CRM Tracked"}, StateCategory::tracked) == Names{"crm tracked"});
}

TEST_CASE("no state takes every state off")
{
    CHECK(apply_to({"CRM Tracked", "Blue", "CRM Failed"}, StateCategory::none) == Names{"Blue"});
}

TEST_CASE("the desired label stays, once, and the labels it replaces go")
{
    CHECK(apply_to({"CRM: Old", "Blue", "CRM: New", "crm: new"}, StateCategory::tracked, "CRM: New",
                   {"CRM: Old"}) == Names{"Blue", "CRM: New", "CRM Tracked"});
}

TEST_CASE("a label that was set after the decision stays, as the wish it is")
{
    CHECK(apply_to({"CRM: New", "CRM: Newer"}, StateCategory::tracked, "CRM: New", {"CRM: Old"}) ==
          Names{"CRM: New", "CRM: Newer", "CRM Tracked"});
    CHECK(apply_to({"CRM: Newer"}, StateCategory::tracked, "CRM: New") ==
          Names{"CRM: Newer", "CRM Tracked"});
}

TEST_CASE("without a desired label, labels stay")
{
    CHECK(apply_to({"CRM: A", "CRM: B"}, StateCategory::review) ==
          Names{"CRM: A", "CRM: B", "CRM Review"});
}

TEST_CASE("names to take off go only if they are ours")
{
    CHECK(apply_to({"CRM: A", "Blue", "CRM: B"}, StateCategory::refused, {}, {"crm: a", "Blue"}) ==
          Names{"Blue", "CRM: B", "CRM Refused"});
}

TEST_CASE("what is desired outlives being named among what to take off")
{
    CHECK(apply_to({"CRM Tracked", "CRM: A"}, StateCategory::tracked, "CRM: A",
                   {"CRM Tracked", "CRM: A"}) == Names{"CRM Tracked", "CRM: A"});
}

TEST_CASE("whatever is on an item, answering changes only what is ours, once, and completely")
{
    const Policy policy = contoso_policy();
    const bool held = rc::check("apply", [&] {
        const Names current = *some_categories();
        const DesiredCategories desired = *some_desire();
        const Names once = apply(desired, current, policy);

        RC_ASSERT(others(once, policy) == others(current, policy));
        RC_ASSERT(apply(desired, once, policy) == once);
        const auto states = std::count_if(once.begin(), once.end(), [&](const std::string& name) {
            const StateCategory state = policy.state_of(name);
            return state != StateCategory::none && state != StateCategory::stop;
        });
        RC_ASSERT(states == (desired.state == StateCategory::none ? 0 : 1));
        if (desired.state != StateCategory::none)
            RC_ASSERT(std::any_of(once.begin(), once.end(), [&](const std::string& name) {
                return policy.state_of(name) == desired.state;
            }));
        for (const std::string& label : own_categories(current, policy).labels) {
            const bool is_desired =
                desired.regarding && contains_folded({*desired.regarding}, label);
            const bool goes = !is_desired && contains_folded(desired.take_off, label);
            RC_ASSERT(contains_folded(once, label) == !goes);
        }
    });
    CHECK(held);
}

TEST_CASE("a label is put back only where it is restored")
{
    DesiredCategories desired;
    desired.state = StateCategory::tracked;
    desired.regarding = "CRM: Renewal";
    CHECK(apply(desired, {"Blue"}, contoso_policy()) == Names{"Blue", "CRM Tracked"});
    desired.restore = true;
    CHECK(apply(desired, {"Blue"}, contoso_policy()) ==
          Names{"Blue", "CRM Tracked", "CRM: Renewal"});
    CHECK(apply(desired, {"crm: renewal"}, contoso_policy()) ==
          Names{"crm: renewal", "CRM Tracked"});
}

TEST_CASE("what is written is written by the present names")
{
    Settings settings = crmsync::test::contoso();
    settings.tracking.tracked_category = "Filed";
    settings.tracking.regarding_prefix = "About:";
    const Policy policy = make_policy(
        settings, {{"CRM Tracked", StateCategory::tracked}, {"CRM:", StateCategory::none}});
    DesiredCategories desired;
    desired.state = StateCategory::tracked;
    CHECK(apply(desired, {"CRM Tracked", "Red", "CRM: X"}, policy) ==
          Names{"Filed", "Red", "About: X"});
    CHECK(apply(desired, {"CRM Tracked", "filed"}, policy) == Names{"Filed"});
    desired.regarding = "CRM: X";
    CHECK(apply(desired, {"About: X", "CRM: x"}, policy) == Names{"About: X", "Filed"});

    DesiredCategories rename;
    rename.rename = true;
    CHECK(apply(rename, {"Red"}, policy) == Names{"Red"}); // nothing comes back
    CHECK(apply(rename, {"CRM Tracked", "CRM: X", "Red"}, policy) ==
          Names{"Filed", "About: X", "Red"});
    CHECK(apply(rename, {"CRM Tracked", "Filed"}, policy) == Names{"Filed"});
}
