#include "base/allowance.hpp"

#include <algorithm>

namespace crmsync {

namespace {

/// Into how many slices a span is cut at most.
constexpr int slices = 128;

} // namespace

void Allowance::forget_before(Timestamp now)
{
    while (!spent_.empty() && spent_.front().last + per_ <= now) {
        counted_ -= spent_.front().parts;
        spent_.pop_front();
    }
}

Timestamp Allowance::fits_at(Timestamp now, int parts)
{
    forget_before(now);
    const int wanted = std::min(parts, count_);
    int counted = counted_;
    Timestamp at = now;
    for (auto slice = spent_.begin(); counted + wanted > count_; ++slice) {
        counted -= slice->parts;
        at = slice->last + per_;
    }
    return at;
}

void Allowance::spend(Timestamp now, int parts)
{
    forget_before(now);
    counted_ += parts;
    if (!spent_.empty() && now - spent_.back().first < per_ / slices) {
        spent_.back().last = std::max(spent_.back().last, now);
        spent_.back().parts += parts;
    } else {
        spent_.push_back({now, now, parts});
    }
}

} // namespace crmsync
