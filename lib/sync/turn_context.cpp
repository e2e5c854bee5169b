#include "sync/turn_context.hpp"

#include "base/digest.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"

namespace crmsync::sync {

void TurnContext::end_if_stopping() const
{
    if (stopping && stopping())
        throw Failure(Reaction::give_back, "daemon.stopping",
                      "the service is shutting down, or the mailbox is not its own any more");
}

std::shared_ptr<const PolicySnapshot> make_snapshot(Settings settings)
{
    auto snapshot = std::make_shared<PolicySnapshot>();
    snapshot->policy = match::make_policy(settings);
    const Settings::Tracking& tracking = settings.tracking;
    std::string text =
        tracking.track_category + '\n' + tracking.tracked_category + '\n' +
        tracking.review_category + '\n' + tracking.refused_category + '\n' +
        tracking.failed_category + '\n' + tracking.regarding_prefix + '\n' + tracking.default_mode +
        '\n' + tracking.ceiling_mode + '\n' + (tracking.sent_items ? "sent" : "") + '\n' +
        (tracking.show_shared ? "shared" : "") + '\n' + join(tracking.own_domains, ",") + '\n' +
        settings.privacy.internal_only + '\n' + std::to_string(settings.sync.history_days) + '\n' +
        join(settings.privacy.never_folders, "\n");
    snapshot->fingerprint = hex(bytes_of(sha256(text))).substr(0, 16);
    snapshot->settings = std::move(settings);
    return snapshot;
}

} // namespace crmsync::sync
