#pragma once

#include "model/ids.hpp"

#include <optional>
#include <string>

namespace crmsync {

/// A record that is to be picked from a mailbox's master list.
struct LabelledRecord {
    RecordId id;
    std::string name;
    std::optional<std::string> number;
    bool name_is_shared = false; ///< another open record has that name
};

/// A regarding category as it is published.
struct Label {
    RecordId record;
    std::string text; ///< without the prefix
    friend bool operator==(const Label&, const Label&) = default;
};

} // namespace crmsync
