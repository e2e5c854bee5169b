#pragma once

#include "model/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// Folders every mailbox has, known by name whatever the mailbox's language (G-95).
enum class WellKnown {
    none,
    inbox,
    drafts,
    sent_items,
    deleted_items,
    junk_email,
    archive,
    outbox,
    conversation_history,
    unknown ///< perhaps one of these: the provider refuses to say. No rule may take it for none
};
std::string_view to_string(WellKnown); ///< the provider's word: "sentitems"; empty for none
/// The folder of that word, upper and lower case alike; nothing for any other text, "unknown" too.
std::optional<WellKnown> parse_well_known(std::string_view word);

struct Folder {
    FolderId id;
    std::optional<FolderId> parent; ///< in a round: nothing where it was not said
    std::string name;               ///< localised; for people only; empty where it was not said
    WellKnown well_known = WellKnown::none;
};

/// What a round over the folder tree told, each folder once.
struct FolderChanges {
    std::vector<Folder> present; ///< new or changed
    std::vector<FolderId> removed;
    Cursor next;
};

} // namespace crmsync
