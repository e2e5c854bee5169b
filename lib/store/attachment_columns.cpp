#include "store/attachment_columns.hpp"

#include "store/columns.hpp"

#include <algorithm>

namespace crmsync::store {

void AttachmentColumns::add(ActivityId activity, const StoredAttachment& row)
{
    ids_.push_back(activity.value);
    ordinals_.push_back(next_ordinal_[activity]++);
    names_.add(row.name);
    types_.add(row.content_type);
    sizes_.push_back(std::max<std::int64_t>(row.size, 0));
    statuses_.push_back(row.status);
    std::optional<std::string>& reason = reasons_.emplace_back();
    if (!row.reason.empty())
        reason = row.reason;
    std::optional<pg::Bytes>& digest = digests_.emplace_back();
    if (row.status == "stored")
        digest = pg::to_bytes(row.sha256);
}

void AttachmentColumns::add_to(pg::Script& script, const pg::Statement& statement) const
{
    if (!ids_.empty())
        script.add(statement, params(ids_, ordinals_, names_.views(), types_.views(), sizes_,
                                     statuses_, reasons_, digests_));
}

} // namespace crmsync::store
