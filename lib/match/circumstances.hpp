#pragma once

#include "base/timestamp.hpp"
#include "match/never_folders.hpp"
#include "model/address.hpp"
#include "model/folder.hpp"
#include "model/ids.hpp"
#include "model/mailbox.hpp"

#include <optional>

namespace crmsync::match {

/// Where and when an item is decided: what is neither in the item nor in the CRM.
struct Circumstances {
    Address mailbox;
    std::optional<RecordId> mailbox_owner;
    Mode mode = Mode::manual;               ///< effective_mode()
    bool sent_items = true;                 ///< rules look at what the mailbox sent as well
    bool first_pass = false;                ///< no round over all folders has ended yet
    std::optional<Timestamp> enabled_at;    ///< of the mailbox, by the provider's clock
    std::optional<Timestamp> round_done_at; ///< of this folder: its last completed round
    bool reads_again = false;               ///< the round reads this folder from its beginning
    Timestamp now{};
    WellKnown folder = WellKnown::none;
    Listed listed = Listed::no; ///< of the folder, or one above it
    bool show_shared = true;    ///< copies of what other mailboxes track are shown as tracked
    bool revisited = false;     ///< something stored elsewhere, or later, asked for it
};

} // namespace crmsync::match
