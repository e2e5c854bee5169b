#pragma once

#include "model/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync {

/// The categories of our own that say a state (PRODUCT section 3); `stop` says it of a thread, and
/// is the user's alone: it is neither put on an item nor taken off.
enum class StateCategory { none, track, tracked, review, refused, failed, stop };
std::string_view to_string(StateCategory);

/// The categories an item should carry, as far as they are ours. Everybody else's stay.
struct DesiredCategories {
    StateCategory state = StateCategory::none;
    std::optional<std::string>
        regarding; ///< full category name to keep as the display; nothing = leave as they are
    std::vector<std::string>
        take_off;         ///< further names to remove (the sender's own, answered labels)
    bool rename = false;  ///< what is there gets its present name, nothing else changes
    bool restore = false; ///< puts back what was taken off; that it is missing means nothing
    friend bool operator==(const DesiredCategories&, const DesiredCategories&) = default;
};

/// A change owed to the mailbox: the whole list of categories, and the version it was made from.
struct CategoryWrite {
    ItemKey key;
    Version expected;
    std::vector<std::string> categories;
};

/// The version after the write, where the provider told it.
struct Written {
    std::optional<Version> version;
};
/// The version is not the expected one: read again, merge, repeat (G-133).
struct Conflict {};
struct Gone {};

} // namespace crmsync
