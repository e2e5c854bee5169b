#include "support/run.hpp"
#include "sync/mailbox_mark.hpp"
#include "unit/sync/scripted_connector.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::sync;
using namespace crmsync::test;

namespace {

const std::string ours = "8f6f4c1e-6c2e-4f6e-9a4e-0d7a3b1f2c5d";

struct Marked {
    boost::asio::io_context io;
    ScriptedConnector connector;

    MarkReport ensure(bool take_over = false)
    {
        return run(io, ensure_mark(connector, ours, "kim@contoso.example", take_over));
    }
    std::string mark() const { return std::get<std::string>(connector.mark); }
};

} // namespace

TEST_CASE("a mark says who follows a mailbox")
{
    CHECK(follower("", ours) == Follower::nobody);
    CHECK(follower("  ", ours) == Follower::nobody);
    CHECK(follower(ours, ours) == Follower::ourselves);
    CHECK(follower("8F6F4C1E-6C2E-4F6E-9A4E-0D7A3B1F2C5D", ours) == Follower::ourselves);
    CHECK(follower("another", ours) == Follower::another);
}

TEST_CASE_METHOD(Marked, "a mailbox without a mark is given ours, and one with ours is left alone")
{
    CHECK(ensure().left);
    CHECK(mark() == ours);
    const MarkReport again = ensure();
    CHECK_FALSE(again.left);
    CHECK(again.not_left.empty());
}

TEST_CASE_METHOD(Marked, "another installation's mark stays, unless it is taken over")
{
    connector.mark = std::string("another");
    try {
        ensure();
        FAIL("it was taken without being asked to");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "mailbox.marked_elsewhere");
        CHECK(failure.reaction() == Reaction::stop);
        CHECK_THAT(failure.message(), Catch::Contains("(another)") &&
                                          Catch::Contains("kim@contoso.example --take-over"));
    }
    CHECK(mark() == "another");
    const MarkReport taken = ensure(true);
    CHECK(taken.taken_from == "another");
    CHECK(mark() == ours);
}

TEST_CASE_METHOD(Marked, "a provider that keeps no marks is said so, and is no failure")
{
    connector.takes_marks = false;
    CHECK(ensure().not_left == "no writes here");
    connector.mark = NotOffered{"no such thing"};
    CHECK(ensure().not_left == "no such thing");
}

TEST_CASE_METHOD(Marked, "only our own mark is taken away")
{
    connector.mark = std::string("another");
    run(io, take_mark_away(connector, ours));
    CHECK(mark() == "another");
    connector.mark = ours;
    run(io, take_mark_away(connector, ours));
    CHECK(mark().empty());
}
