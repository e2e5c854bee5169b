#pragma once

#include "model/ids.hpp"

#include <optional>
#include <string>

namespace crmsync {

enum class RecordState { open, closed };

/// A row of the CRM that items can belong to.
struct Record {
    RecordId id;
    std::string type; ///< account, contact, lead, opportunity, case, user, team, list
    std::string external_id;
    std::string name;
    std::optional<std::string> number;
    std::optional<RecordId> parent;
    std::optional<RecordId> owner;
    RecordState state = RecordState::open;
    friend bool operator==(const Record&, const Record&) = default;
};

} // namespace crmsync
