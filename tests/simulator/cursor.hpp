#pragma once

#include "base/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crmsync::sim {

/// Where a delta round stands. It travels in the links, so the simulator keeps no state for it,
/// but the client sees only an opaque word.
struct Cursor {
    std::uint32_t mailbox = 0;   ///< hash of its id
    std::uint32_t folder = 0;    ///< 0: the folder tree
    std::uint32_t epoch = 0;     ///< of the folder: cursors of an earlier one have expired
    std::uint32_t query = 0;     ///< number of the query of the first request
    std::uint64_t base = 0;      ///< the round began with what happened after this change
    std::uint64_t position = 0;  ///< everything up to this change was delivered
    std::uint64_t first_end = 0; ///< in a first round: the change it began at
    std::uint64_t round = 0;
    std::uint32_t page = 0;
    std::uint32_t sent = 0; ///< items in this round, counted where $top limits them
    Timestamp floor;        ///< messages received earlier are left out
    /// Of a first round that tells the newest first, while it does: the last one told.
    bool newest_first = false;
    Timestamp last_received = Timestamp::max();
    std::uint64_t last_item = 0;

    std::string text() const;
};

/// Nothing when the text is no cursor that was made here.
std::optional<Cursor> read_cursor(std::string_view text);

} // namespace crmsync::sim
