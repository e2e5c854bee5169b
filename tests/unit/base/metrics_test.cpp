#include "base/metrics.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;

namespace {

constexpr MetricName requests{"crmsync_requests_total", MetricKind::counter, "Requests sent"};
constexpr MetricName leases{"crmsync_leases", MetricKind::gauge, "Leases \\ held\nnow"};
constexpr MetricName seconds{"crmsync_pass_seconds", MetricKind::histogram, "Length of a pass"};

} // namespace

TEST_CASE("counters add up by labels, whatever their order")
{
    Metrics metrics;
    metrics.add(requests);
    metrics.add(requests, 2, {{"a", "1"}, {"b", "2"}});
    metrics.add(requests, 3, {{"b", "2"}, {"a", "1"}});
    CHECK(metrics.value(requests) == 1);
    CHECK(metrics.value(requests, {{"b", "2"}, {"a", "1"}}) == 5);
    CHECK(metrics.value(requests, {{"a", "2"}}) == 0);
    CHECK(metrics.value(leases) == 0);
}

TEST_CASE("a gauge has the last value")
{
    Metrics metrics;
    metrics.set(leases, 5);
    metrics.set(leases, 3);
    CHECK(metrics.value(leases) == 3);
}

TEST_CASE("the exposition is Prometheus' text format, with what needs it escaped")
{
    Metrics metrics;
    metrics.add(requests, 1, {{"host", "a\"b\\c\nd"}, {"code", "200"}});
    metrics.add(requests, 1'000'000);
    metrics.set(leases, 0.5);
    CHECK(metrics.exposition() ==
          "# HELP crmsync_leases Leases \\\\ held\\nnow\n"
          "# TYPE crmsync_leases gauge\n"
          "crmsync_leases 0.5\n"
          "# HELP crmsync_requests_total Requests sent\n"
          "# TYPE crmsync_requests_total counter\n"
          "crmsync_requests_total 1000000\n"
          "crmsync_requests_total{code=\"200\",host=\"a\\\"b\\\\c\\nd\"} 1\n");
}

TEST_CASE("a histogram counts into buckets that include the smaller ones")
{
    Metrics metrics;
    for (const double value : {0.0005, 0.001, 0.002, 0.5, 2000.0})
        metrics.observe(seconds, value, {{"lane", "live"}});
    const std::string text = metrics.exposition();
    const auto has = [&](const std::string& line) {
        CAPTURE(text, line);
        CHECK(text.find(line + "\n") != std::string::npos);
    };
    has("# TYPE crmsync_pass_seconds histogram");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"0.001\"} 2");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"0.003\"} 3");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"0.3\"} 3");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"1\"} 4");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"1000\"} 4");
    has("crmsync_pass_seconds_bucket{lane=\"live\",le=\"+Inf\"} 5");
    has("crmsync_pass_seconds_sum{lane=\"live\"} 2000.5035");
    has("crmsync_pass_seconds_count{lane=\"live\"} 5");
    CHECK(metrics.value(seconds, {{"lane", "live"}}) == 5);
}
