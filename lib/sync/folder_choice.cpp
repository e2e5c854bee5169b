#include "sync/folder_choice.hpp"

#include "sync/folder_tree.hpp"

#include <functional>
#include <string>

namespace crmsync::sync {

namespace {

constexpr std::chrono::seconds sweep_every = std::chrono::hours(1);
constexpr std::chrono::minutes stays_dirty{5};
constexpr int live_ranks = 3; ///< Inbox, Sent Items, Drafts

/// Spread over the hour, the folders of one mailbox as well as those of ten thousand.
std::chrono::seconds sweep_phase(const FolderId& folder, MailboxId mailbox)
{
    const std::size_t hash =
        std::hash<std::string>{}(folder.value + '/' + std::to_string(mailbox.value));
    return std::chrono::seconds(hash % static_cast<std::size_t>(sweep_every.count()));
}

/// Whether the folder's moment of the hour lies between the two.
bool is_swept(std::chrono::seconds phase, Timestamp before, Timestamp now)
{
    const auto hours_at = [phase](Timestamp at) {
        const auto since = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()) - phase;
        return since / sweep_every;
    };
    return hours_at(now) > hours_at(before);
}

} // namespace

bool asks_for_news(const store::FolderState& folder, MailboxId mailbox, const News& news)
{
    if (!news.chosen_before || reading_rank(folder.folder.well_known) < live_ranks ||
        !folder.round_done_at || !folder.trouble.failure.empty() ||
        news.dirty.contains(folder.folder.id))
        return true;
    if (folder.dirty_at && news.now - *folder.dirty_at < stays_dirty)
        return true;
    return is_swept(sweep_phase(folder.folder.id, mailbox), *news.chosen_before, news.now);
}

Urgency urgency_of(const store::FolderState& folder, Timestamp recent_since)
{
    if (!folder.from_beginning)
        return Urgency::news;
    return !folder.read_back_to || *folder.read_back_to > recent_since ? Urgency::recent
                                                                       : Urgency::rest;
}

} // namespace crmsync::sync
