#pragma once

#include <cstddef>

namespace crmsync::pg::pool_rules {

/// What a pool consists of at one moment.
struct Situation {
    std::size_t size = 1;    ///< most connections
    std::size_t idle = 0;    ///< open and free
    std::size_t lent = 0;    ///< in use
    std::size_t opening = 0; ///< being opened by somebody whose turn it was
    std::size_t waiting = 0; ///< callers without a connection, not counting those who open one
    friend bool operator==(const Situation&, const Situation&) = default;
};

enum class Next {
    rest,     ///< nobody waits
    hand_out, ///< the longest waiting caller gets an idle connection
    open,     ///< the longest waiting caller opens one
    wait,     ///< all are in use
};

/// To be asked again until it says `rest` or `wait`.
Next next(const Situation& now);

/// A connection that comes back.
struct Returned {
    bool usable = true;
    bool in_transaction = false;
    int running = 0;
    bool pool_closed = false;
};

enum class Fate { keep, close };

/// Whatever is left of one unit of work must not become part of the next.
Fate fate(const Returned& connection);

} // namespace crmsync::pg::pool_rules
