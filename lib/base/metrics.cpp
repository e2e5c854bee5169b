#include "base/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace crmsync {

namespace {

constexpr std::array<double, 13> bounds = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1,
                                           3,     10,    30,   100,  300, 1000};

/// The same labels in another order are the same series.
Labels in_order(Labels labels)
{
    std::sort(labels.begin(), labels.end());
    return labels;
}

std::string_view type_of(MetricKind kind)
{
    switch (kind) {
    case MetricKind::counter:
        return "counter";
    case MetricKind::gauge:
        return "gauge";
    case MetricKind::histogram:
        return "histogram";
    }
    return "untyped";
}

std::string escaped(std::string_view text, bool quotes)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    }
    return out;
}

std::string number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

/// `name{label="value",…} number`
void append_sample(std::string& out, std::string_view name, const Labels& labels, double value)
{
    out += name;
    char before = '{';
    for (const auto& [label, text] : labels) {
        out += fmt::format("{}{}=\"{}\"", before, label, escaped(text, true));
        before = ',';
    }
    if (!labels.empty())
        out += '}';
    out += ' ' + number(value) + '\n';
}

} // namespace

Metrics::Series& Metrics::series(const MetricName& metric, Labels labels)
{
    auto family = families_.find(metric.name);
    if (family == families_.end())
        family = families_.emplace(std::string(metric.name), Family{metric, {}}).first;
    return family->second.series[in_order(std::move(labels))];
}

void Metrics::add(const MetricName& metric, double amount, Labels labels)
{
    series(metric, std::move(labels)).value += amount;
}

void Metrics::set(const MetricName& metric, double value, Labels labels)
{
    series(metric, std::move(labels)).value = value;
}

void Metrics::observe(const MetricName& metric, double seconds, Labels labels)
{
    Series& one = series(metric, std::move(labels));
    one.buckets.resize(bounds.size());
    const auto fits = std::lower_bound(bounds.begin(), bounds.end(), seconds);
    if (fits != bounds.end())
        ++one.buckets[static_cast<std::size_t>(fits - bounds.begin())];
    one.sum += seconds;
    one.value += 1;
}

double Metrics::value(const MetricName& metric, const Labels& labels) const
{
    const auto family = families_.find(metric.name);
    if (family == families_.end())
        return 0;
    const auto found = family->second.series.find(in_order(labels));
    return found == family->second.series.end() ? 0 : found->second.value;
}

std::string Metrics::exposition() const
{
    std::string out;
    for (const auto& [name, family] : families_) {
        out += fmt::format("# HELP {} {}\n", name, escaped(family.metric.meaning, false));
        out += fmt::format("# TYPE {} {}\n", name, type_of(family.metric.kind));
        for (const auto& [labels, one] : family.series) {
            if (family.metric.kind != MetricKind::histogram) {
                append_sample(out, name, labels, one.value);
                continue;
            }
            double below = 0;
            Labels with_bound = labels;
            with_bound.emplace_back("le", "");
            for (std::size_t i = 0; i < one.buckets.size(); ++i) {
                below += static_cast<double>(one.buckets[i]);
                with_bound.back().second = number(bounds[i]);
                append_sample(out, name + "_bucket", with_bound, below);
            }
            with_bound.back().second = "+Inf";
            append_sample(out, name + "_bucket", with_bound, one.value);
            append_sample(out, name + "_sum", labels, one.sum);
            append_sample(out, name + "_count", labels, one.value);
        }
    }
    return out;
}

} // namespace crmsync
