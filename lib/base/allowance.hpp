#pragma once

#include "base/timestamp.hpp"

#include <chrono>
#include <deque>

namespace crmsync {

/// At most `count` within any span of `per`: the books behind a Gate. Pure.
class Allowance {
public:
    Allowance(int count, std::chrono::microseconds per) : count_(count), per_(per) {}

    /// The earliest moment, `now` or later, at which `parts` more fit. More than the whole
    /// allowance fits once nothing else counts.
    Timestamp fits_at(Timestamp now, int parts);

    void spend(Timestamp now, int parts);

private:
    struct Spent {
        Timestamp first;
        Timestamp last; ///< of all parts booked here: they return together, never too early
        int parts;
    };
    void forget_before(Timestamp now);

    int count_;
    std::chrono::microseconds per_;
    int counted_ = 0;
    std::deque<Spent> spent_; ///< oldest first; booked in slices, so that it stays short
};

} // namespace crmsync
