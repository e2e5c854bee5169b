#pragma once

#include "base/timestamp.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace crmsync::sim {

/// The provider's limits of one application in one mailbox: 4 requests at once, 10,000 in ten
/// minutes. A refused request counts as well.
class Throttle {
public:
    static constexpr std::size_t at_once = 4;
    static constexpr std::size_t in_window = 10'000;
    static constexpr std::chrono::seconds window{600};

    struct Use {
        std::size_t running = 0;
        std::size_t most = 0; ///< at once, since the start, those refused too
        std::size_t counted = 0;
        std::deque<std::pair<Timestamp, std::size_t>> seconds;
    };
    Use& of(const std::string& mailbox) { return uses_[mailbox]; }

    /// Counts one request; says after how many seconds to return when there were too many.
    std::optional<long> count(const std::string& mailbox, Timestamp now);
    void clear() { uses_.clear(); }

private:
    std::unordered_map<std::string, Use> uses_;
};

} // namespace crmsync::sim
