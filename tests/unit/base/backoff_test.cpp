#include "base/backoff.hpp"

#include <catch2/catch.hpp>
#include <climits>

using namespace crmsync;
using namespace std::chrono_literals;

TEST_CASE("delays double up to the longest")
{
    // Without jitter: the lower half.
    CHECK(backoff(1, 0, std::nullopt) == 500ms);
    CHECK(backoff(2, 0, std::nullopt) == 1s);
    CHECK(backoff(3, 0, std::nullopt) == 2s);
    CHECK(backoff(9, 0, std::nullopt) == 128s);
    CHECK(backoff(10, 0, std::nullopt) == 150s);
    CHECK(backoff(INT_MAX, 0, std::nullopt) == 150s);
    CHECK(backoff(0, 0, std::nullopt) == 500ms);
    CHECK(backoff(-5, 0, std::nullopt) == 500ms);
}

TEST_CASE("jitter spreads over the upper half and never beyond")
{
    CHECK(backoff(1, 0.5, std::nullopt) == 750ms);
    CHECK(backoff(1, 0.999, std::nullopt) < 1s);
    CHECK(backoff(50, 0.999, std::nullopt) < 300s);
    CHECK(backoff(1, 7, std::nullopt) == 1s);
}

TEST_CASE("the server's advice is a lower bound")
{
    CHECK(backoff(1, 0, 30s) == 30s);
    CHECK(backoff(1, 0, 10ms) == 500ms);
    CHECK(backoff(1, 0, 1h) == 1h);
}

TEST_CASE("limits of one's own")
{
    const BackoffLimits limits{100ms, 50ms};
    CHECK(backoff(1, 0, std::nullopt, limits) == 25ms);
    CHECK(backoff(3, 0, std::nullopt, {10ms, 1s}) == 20ms);
}
