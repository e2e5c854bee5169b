#pragma once

#include "connector/connector.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace crmsync::sync {

/// What a mark says of who follows a mailbox.
enum class Follower { nobody, ourselves, another };
Follower follower(const std::string& mark, const std::string& installation);

/// What became of the mark of this installation.
struct MarkReport {
    bool left = false;      ///< just now; nobody's was there, or another's was taken over
    std::string taken_from; ///< whose mark ours replaced; empty for nobody's
    std::string not_left;   ///< why there is none, for people; empty where it is ours
};

/// Sees to it that the mailbox carries the mark of this installation. Throws
/// Failure(stop, "mailbox.marked_elsewhere") where it carries another's, unless that is to be taken
/// over; and whatever keeps the mailbox from being asked. A provider that keeps no marks is no
/// failure.
boost::asio::awaitable<MarkReport> ensure_mark(Connector& connector, std::string installation,
                                               std::string address, bool take_over = false);

/// Whose mark is there, as a step of `mailbox test` and `check`; changes nothing.
boost::asio::awaitable<ProbeResult> probe_mark(Connector& connector, std::string installation,
                                               std::string address);

/// Takes the mark away where it is this installation's.
boost::asio::awaitable<void> take_mark_away(Connector& connector, std::string installation);

} // namespace crmsync::sync
