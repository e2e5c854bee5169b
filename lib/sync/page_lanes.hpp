#pragma once

#include "base/gate.hpp"

#include <cstdint>

namespace crmsync::sync {

/// How much the turns of a process hold in memory at once: pages with the bodies they lead to. Most
/// of a turn is waiting for an answer that says that nothing is new, so many run at once; those
/// that have something to do go through one of these. New mail does not queue behind first loads.
struct PageLanes {
    static constexpr int live_rows = 500;
    static constexpr int backlog_pages = 12;

    /// Contents of attachments, in units of 64 KiB: 32 MiB of short ones in memory, 512 MiB of long
    /// ones in files. Both are held until they are stored.
    static constexpr std::int64_t content_unit = 64 * 1024;
    static constexpr int contents_in_memory = 512;
    static constexpr int contents_in_files = 8192;

    explicit PageLanes(Clock& clock)
        : live(clock, {live_rows, 1'000'000'000}), backlog(clock, {backlog_pages, 1'000'000'000}),
          memory(clock, {contents_in_memory, 1'000'000'000}),
          files(clock, {contents_in_files, 1'000'000'000})
    {}

    Gate live;    ///< rows of pages that were asked for together with those of other folders
    Gate backlog; ///< pages of folders that are read for the first time, or are far behind
    Gate memory;  ///< entered with a lane in hand, never before one
    Gate files;   ///< ... and this one behind it
};

} // namespace crmsync::sync
