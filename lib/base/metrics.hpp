#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crmsync {

enum class MetricKind { counter, gauge, histogram };

struct MetricName {
    std::string_view name;
    MetricKind kind;
    std::string_view meaning;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Counters, gauges and histograms of one process; written out in Prometheus' text format.
/// Used from one thread.
class Metrics {
public:
    void add(const MetricName& metric, double amount = 1, Labels labels = {});
    void set(const MetricName& metric, double value, Labels labels = {});
    /// Histogram of seconds, buckets from 1 ms to 1,000 s in steps of about three.
    void observe(const MetricName& metric, double seconds, Labels labels = {});
    double value(const MetricName& metric, const Labels& labels = {}) const;
    std::string exposition() const;

private:
    struct Series {
        double value = 0;
        double sum = 0;
        std::vector<std::uint64_t> buckets;
    };
    struct Family {
        MetricName metric;
        std::map<Labels, Series> series;
    };
    Series& series(const MetricName& metric, Labels labels);
    std::map<std::string, Family, std::less<>> families_;
};

} // namespace crmsync
