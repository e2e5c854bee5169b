#pragma once

#include "base/timestamp.hpp"
#include "model/ids.hpp"

#include <string>

namespace crmsync {

/// Who owns an activity, as one mailbox sees it. Over all claims the best wins: a person before a
/// rule, then the smaller time, then the smaller address; never the order of processing.
struct OwnerClaim {
    RecordId owner;
    bool by_person = false;
    Timestamp at{};      ///< lastModifiedDateTime of the version the tag was first read in
    std::string address; ///< of the mailbox
};

} // namespace crmsync
