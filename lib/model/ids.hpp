#pragma once

#include "base/strong.hpp"
#include "base/uuid.hpp"

#include <cstdint>
#include <string>

namespace crmsync {

using MailboxId = Strong<std::int64_t, struct MailboxIdTag>;
using FolderId = Strong<std::string, struct FolderIdTag>; ///< the provider's, opaque
using Version = Strong<std::string, struct VersionTag>;   ///< change key; opaque, for equality only
using Cursor =
    Strong<std::string, struct CursorTag>; ///< how far we have read; opaque; empty = from nothing
using RecordId = Strong<Uuid, struct RecordIdTag>;
using ActivityId = Strong<Uuid, struct ActivityIdTag>;
using DaemonId = Strong<Uuid, struct DaemonIdTag>;
using Epoch = Strong<std::int64_t, struct EpochTag>;

/// Where an item lives. The id is the provider's immutable one, so moving an item keeps it.
struct ItemKey {
    MailboxId mailbox;
    std::string id;
    friend auto operator<=>(const ItemKey&, const ItemKey&) = default;
    friend bool operator==(const ItemKey&, const ItemKey&) = default;
};

/// A mailbox that this process may commit, as long as holder and epoch are still its own.
struct Fence {
    MailboxId mailbox;
    DaemonId holder;
    Epoch epoch;
};

} // namespace crmsync
