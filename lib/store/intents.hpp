#pragma once

#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

namespace crmsync::store {

/// sync.intent: tags on drafts. Written with a page, see page_script.hpp.
class Intents {
public:
    explicit Intents(pg::Pool& pool) : pool_(pool) {}

    /// Forgets those whose draft went a day ago, and was not sent as far as anybody knows.
    boost::asio::awaitable<void> purge();

private:
    pg::Pool& pool_;
};

} // namespace crmsync::store
