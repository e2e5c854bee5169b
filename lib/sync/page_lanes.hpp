#pragma once

#include "base/gate.hpp"

namespace crmsync::sync {

/// How much the turns of a process hold in memory at once: pages with the bodies they lead to. Most
/// of a turn is waiting for an answer that says that nothing is new, so many run at once; those
/// that have something to do go through one of these. New mail does not queue behind first loads.
struct PageLanes {
    static constexpr int live_rows = 500;
    static constexpr int backlog_pages = 12;

    explicit PageLanes(Clock& clock)
        : live(clock, {live_rows, 1'000'000'000}), backlog(clock, {backlog_pages, 1'000'000'000})
    {}

    Gate live;    ///< rows of pages that were asked for together with those of other folders
    Gate backlog; ///< pages of folders that are read for the first time, or are far behind
};

} // namespace crmsync::sync
