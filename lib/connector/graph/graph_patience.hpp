#pragma once

#include "connector/graph/graph_calls.hpp"

#include <algorithm>

namespace crmsync::graph {

/// How long one call may still wait. Taken by what it is going to sleep, not by the clock, so that
/// slow answers do not count.
class Calls::Patience {
public:
    explicit Patience(std::chrono::milliseconds total) : left_(total) {}

    bool take(std::chrono::milliseconds delay)
    {
        // A wait of nothing would let a loop run for ever.
        left_ -= std::max(delay, std::chrono::milliseconds(100));
        return left_.count() >= 0;
    }

private:
    std::chrono::milliseconds left_;
};

} // namespace crmsync::graph
