#pragma once

#include "base/timestamp.hpp"
#include "model/address.hpp"
#include "model/ids.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace crmsync {

enum class MailboxState { added, enabled, disabled, stopped };
std::string_view to_string(MailboxState);

/// What is tracked besides wishes (PRODUCT section 4). In order: each tracks what the one before
/// does.
enum class Mode { manual, replies, contacts, records, all };
std::string_view to_string(Mode);
std::optional<Mode> parse_mode(std::string_view word);

/// An Exchange mailbox the service was told to follow.
struct Mailbox {
    MailboxId id;
    std::string provider;
    Address address;
    std::string kind = "user"; ///< user, shared
    std::optional<RecordId> owner;
    MailboxState state = MailboxState::added;
    // What it was told of its own; nothing: as the settings say. match/effective.hpp says what
    // holds.
    std::optional<Mode> mode;
    std::optional<bool> show_shared;
    std::optional<bool> sent_items;
    std::optional<std::string> on_untrack; ///< delete, keep
    std::optional<std::string> object_id;  ///< at the provider: stays when the address changes
    std::optional<Timestamp> enabled_at;
    std::optional<Timestamp> last_pass_at;
    std::optional<Timestamp> next_pass_at;
    std::optional<std::string> last_failure;
};

} // namespace crmsync
