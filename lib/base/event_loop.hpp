#pragma once

#include <boost/asio/io_context.hpp>

namespace crmsync {

/// The io_context of a program. Coroutines that still wait when it stops hold references to objects
/// that are destroyed before it; abandon() destroys those coroutines first, as the end of the
/// process would.
class EventLoop : public boost::asio::io_context {
public:
    EventLoop() : boost::asio::io_context(1) {}

    /// Ends every coroutine and operation that waits, without resuming any. The loop cannot run
    /// again.
    void abandon() { shutdown(); }
};

} // namespace crmsync
