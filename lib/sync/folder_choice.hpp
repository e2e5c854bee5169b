#pragma once

#include "store/folders.hpp"

#include <optional>
#include <set>

namespace crmsync::sync {

/// What is known of a mailbox when the folders to ask for news are chosen.
struct News {
    Timestamp now{};
    /// When folders were last chosen by what had changed since; nothing: all are asked.
    std::optional<Timestamp> chosen_before;
    std::set<FolderId> dirty; ///< in which something has changed since
};

/// Whether a folder that was read to its end is asked for its news now. Inbox, Sent Items and
/// Drafts always; others where a change was seen in them now or a moment ago (a round may lag
/// behind, G-68), or something kept them from being read; and each once an hour, at a time of its
/// own: removals and some changes bump no date.
bool asks_for_news(const store::FolderState& folder, MailboxId mailbox, const News& news);

/// In which order backlogs are read: news of folders that were read before, then what was received
/// lately, then the rest.
enum class Urgency { news, recent, rest };

/// \param recent_since what was received from then on is recent
Urgency urgency_of(const store::FolderState& folder, Timestamp recent_since);

} // namespace crmsync::sync
