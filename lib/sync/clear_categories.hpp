#pragma once

#include "base/clock.hpp"
#include "connector/connector.hpp"
#include "match/policy.hpp"
#include "model/mailbox.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <vector>

namespace crmsync::sync {

struct ClearReport {
    int looked_at = 0;
    int cleared = 0;
    int gone = 0;
    int refused = 0; ///< the provider takes no write for them, now or ever
};

/// Takes categories of ours off items. Everybody else's stay, in place and to the letter; each
/// write is for the version that was read, and an item that changed in between is read again.
///
/// Needs no database: an item that carries none of ours any more is left alone, so that it can be
/// done again from the beginning.
class CategoryClearing {
public:
    CategoryClearing(Connector& connector, Clock& clock, const match::Policy& policy)
        : connector_(connector), clock_(clock), policy_(policy)
    {}

    /// A hundred items or fewer.
    boost::asio::awaitable<void> clear(std::vector<ItemKey> keys);

    /// All items that carry such a category, wherever they lie. A mailbox that refuses such
    /// searches (G-168) goes without.
    boost::asio::awaitable<void> clear_found(CategorySearch search);

    /// Our names off the master list.
    boost::asio::awaitable<void> clear_master_list();

    const ClearReport& report() const { return report_; }

private:
    boost::asio::awaitable<std::vector<ItemKey>> clear_once(std::vector<ItemKey> keys);
    boost::asio::awaitable<void> wait_as_told(const Deferred& deferred);

    Connector& connector_;
    Clock& clock_;
    const match::Policy& policy_;
    ClearReport report_;
};

/// The names that are ours in a list of categories, as they are spelled.
std::vector<std::string> own_names(const std::vector<std::string>& categories,
                                   const match::Policy& policy);

} // namespace crmsync::sync
