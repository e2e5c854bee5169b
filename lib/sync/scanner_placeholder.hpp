#pragma once

#include "base/timestamp.hpp"
#include "model/body.hpp"

#include <chrono>
#include <optional>

namespace crmsync::sync {

/// Whether the attachment only stands for others that a scanner has not let through yet.
///
/// Defender for Office 365 with Safe Attachments policies of the action Dynamic Delivery delivers a
/// message at once, with one placeholder in place of its attachments, and puts them back when it is
/// done, in one to four minutes most of the time [learn.microsoft.com, safe-attachments-about].
/// The placeholder is called "ATP Scan in Progress.eml" [KB 4522769, attachments not tracked to
/// Dynamics 365], without the ending in Outlook, and "Safe Attachments Scan In Progress" in Graph's
/// list [msgraph-sdk-dotnet issue 2416]. Its name is all there is to tell it by: whether Graph
/// calls it a file or an item is not documented.
bool is_placeholder(const AttachmentHead& attachment);

/// Whether the attachment is a scanner's note about what it took away for good: "Malware Alert
/// Text.txt" of Exchange Online Protection, "Unsafe Attachments Blocked" of Safe Attachments.
bool is_malware_note(const AttachmentHead& attachment);

/// For how long a placeholder is waited for.
inline constexpr std::chrono::hours placeholder_kept{24};

/// When an item whose placeholder came at `since` is to be looked at after a look at `now`: soon at
/// first, then in growing pauses, at last when its time is over. Nothing: it is over.
std::optional<Timestamp> next_look(Timestamp since, Timestamp now);

} // namespace crmsync::sync
