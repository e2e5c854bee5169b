#include "schedule/lease_rules.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::schedule;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = *parse_timestamp("2026-03-02T12:00:00Z");
const LeaseTimes times{30s, 10s, 3s};

} // namespace

TEST_CASE("leases are trusted from the moment the heartbeat was asked for, for ttl less margin")
{
    CHECK_FALSE(may_work(std::nullopt, noon, times));
    CHECK(may_work(noon, noon, times));
    CHECK(may_work(noon, noon + 26s + 999ms, times));
    CHECK_FALSE(may_work(noon, noon + 27s, times));
    CHECK_FALSE(may_work(noon, noon + 24h, times));
}

TEST_CASE("a heartbeat is due ten seconds after the last was asked for, the first at once")
{
    CHECK(next_heartbeat(std::nullopt, noon, times) == noon);
    CHECK(next_heartbeat(noon, noon + 1s, times) == noon + 10s);
    CHECK(next_heartbeat(noon, noon + 10s, times) == noon + 10s);
    CHECK(next_heartbeat(noon, noon + 1h, times) == noon + 1h); // never in the past
}

TEST_CASE("renewing leaves room for a heartbeat that fails")
{
    const LeaseTimes defaults;
    CHECK(defaults.renew * 2 < defaults.ttl - defaults.margin);
}

TEST_CASE("mailboxes are claimed a few at a time, up to the capacity")
{
    CHECK(claim_size(0, 2'000) == 50);
    CHECK(claim_size(1'960, 2'000) == 40);
    CHECK(claim_size(2'000, 2'000) == 0);
    CHECK(claim_size(2'001, 2'000) == 0);
    CHECK(claim_size(0, 3) == 3);
    CHECK(claim_size(0, 0) == 0);
}
