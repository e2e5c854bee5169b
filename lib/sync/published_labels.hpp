#pragma once

#include "store/labels.hpp"
#include "sync/turn_context.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace crmsync::sync {

/// Whether the list offers what it should, and nothing waits to be done to it. `prefix` as it is
/// written.
bool labels_stand(const std::vector<Label>& wanted,
                  const std::vector<store::PublishedLabel>& published, const std::string& prefix);

/// What brings a mailbox's master list to the labels it should offer.
struct LabelPlan {
    std::vector<store::PublishedLabel> changed; ///< rows to be written before the list is
    std::vector<std::string> add;               ///< categories the list lacks
    std::vector<std::string> remove;            ///< categories of the service it should not have
};

/// Only what the service put into the list is ever taken off it.
LabelPlan plan_labels(const std::vector<Label>& wanted,
                      const std::vector<store::PublishedLabel>& published,
                      const std::vector<MasterCategory>& list, const std::string& prefix);

/// Offers the records the mailbox's owner works on as regarding categories, and retires those of
/// records that closed or are somebody else's now. Items keep what they carry. False where the list
/// could not be changed, which is said once: tracking does not depend on it. Throws what concerns
/// the mailbox as a whole.
boost::asio::awaitable<bool> publish_labels(const TurnContext& context);

/// The same, to be tried again later where it fails: with a mailbox's first turn.
boost::asio::awaitable<void> publish_labels_or_later(const TurnContext& context);

/// How long a list that could not be changed is left alone.
inline constexpr std::chrono::minutes labels_again_after{15};

} // namespace crmsync::sync
