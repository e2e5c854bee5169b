#pragma once

#include "base/clock.hpp"
#include "pg/pool.hpp"
#include "schedule/wake.hpp"
#include "settings/settings.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace crmsync::schedule {

/// Removes what has had its time, every ten minutes: tombstones after their grace, what it takes to
/// undo an untrack after an hour, decisions after decision_days, tags of drafts that are gone,
/// partitions of the sync log after 30 days. Several processes may do it at once.
class Housekeeping {
public:
    Housekeeping(boost::asio::any_io_executor executor, pg::Pool& pool, Clock& clock);

    boost::asio::awaitable<void> run();
    void stop();
    void set_settings(const Settings& settings) { decision_days_ = settings.privacy.decision_days; }

    /// One round, for tests and for `run`.
    boost::asio::awaitable<void> round();

private:
    pg::Pool& pool_;
    Clock& clock_;
    Wake wake_;
    int decision_days_ = 90;
    bool stopping_ = false;
};

} // namespace crmsync::schedule
