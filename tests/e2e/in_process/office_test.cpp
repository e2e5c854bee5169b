#include "e2e/in_process/office_play.hpp"
#include "e2e/in_process/programs.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace crmsync;
using namespace crmsync::test;

namespace {

using Deed = OfficeStep::Deed;
using Mishap = OfficeStep::Mishap;

rc::Gen<Deed> any_deed()
{
    return rc::gen::weightedElement<Deed>(
        {{8, Deed::deliver},       {2, Deed::deliver_again}, {8, Deed::tag},
         {2, Deed::tag_tracked},   {8, Deed::untag},         {2, Deed::think_better},
         {1, Deed::set_state},     {4, Deed::label},         {1, Deed::label_off},
         {1, Deed::own_on},        {1, Deed::own_off},       {2, Deed::move},
         {1, Deed::move_and_back}, {2, Deed::copy},          {2, Deed::erase},
         {1, Deed::burst},         {1, Deed::answer_held},   {2, Deed::send_draft},
         {1, Deed::read_again},    {1, Deed::lose_cursors},  {2, Deed::enable_or_not},
         {3, Deed::policy},        {1, Deed::grace}});
}

/// Any of them at any size: the first programs are tried with nearly none.
rc::Gen<int> number_below(int end) { return rc::gen::resize(100, rc::gen::inRange(0, end)); }

rc::Gen<OfficeStep> any_step()
{
    return rc::gen::map(rc::gen::tuple(any_deed(),
                                       rc::gen::weightedElement<Mishap>({{12, Mishap::none},
                                                                         {2, Mishap::crash},
                                                                         {1, Mishap::conflict},
                                                                         {1, Mishap::throttle},
                                                                         {1, Mishap::away}}),
                                       number_below(42), number_below(192), number_below(3)),
                        [](const std::tuple<Deed, Mishap, int, int, int>& chosen) {
                            return OfficeStep{std::get<0>(chosen), std::get<1>(chosen),
                                              std::get<2>(chosen), std::get<3>(chosen),
                                              std::get<4>(chosen) == 2};
                        });
}

} // namespace

TEST_CASE("whatever the people of three mailboxes do, every copy and every activity is as promised")
{
    constexpr int most_steps = 16;
    choose_programs(most_steps, 6, 200);
    CHECK(rc::check("the office and its mailboxes agree", [] {
        const auto program =
            *rc::gen::resize(most_steps, rc::gen::container<std::vector<OfficeStep>>(any_step()));
        OfficePlay play;
        for (const OfficeStep& step : program)
            play.perform(step);
        const std::string disagreement = play.disagreement();
        if (!disagreement.empty())
            RC_FAIL(disagreement);
    }));
}
