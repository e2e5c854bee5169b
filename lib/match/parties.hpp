#pragma once

#include "match/circumstances.hpp"
#include "match/policy.hpp"
#include "model/candidates.hpp"
#include "model/decision.hpp"
#include "model/item.hpp"

#include <optional>
#include <vector>

namespace crmsync::match {

/// Which side of the organisation's border a participant stands on.
enum class Side {
    own,      ///< own domain, enabled mailbox, or one of Exchange's internal names (G-118)
    external, ///< a mail address anywhere else
    unknown,  ///< no address at all
};
Side side_of(const Participant& participant, const Candidates& candidates, const Policy& policy);

/// Who sent it: from, else sender; nothing where neither names anybody.
std::optional<Participant> sender_of(const Item& item);
/// Whether the user of the mailbox at hand sent it, from whichever of their addresses.
bool sent_by_user(const Item& item, const Candidates& candidates,
                  const Circumstances& circumstances);

bool has_external(const Item& item, const Candidates& candidates, const Policy& policy);
Direction direction_of(const Item& item, const Candidates& candidates, const Policy& policy);

/// What an address leads to: one record, or several that rank the same.
struct Resolution {
    std::vector<RecordId> records; ///< empty: nobody holds it; several: ambiguous
    bool unique() const { return records.size() == 1; }
};

/// The owner's own record, then user, contact, account, lead, other; still several: ambiguous.
Resolution resolve(const Address& address, const Candidates& candidates,
                   std::optional<RecordId> mailbox_owner);

/// Every address on the item, once per role, with the record it leads to.
std::vector<Party> parties_of(const Item& item, const Candidates& candidates,
                              std::optional<RecordId> mailbox_owner);

} // namespace crmsync::match
