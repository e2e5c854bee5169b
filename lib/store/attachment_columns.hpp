#pragma once

#include "model/plan.hpp"
#include "pg/connection.hpp"
#include "store/text_column.hpp"

#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// Rows of the attachment ledger, for sql::insert_attachments and sql::settle_attachments. What is
/// added outlives the columns.
class AttachmentColumns {
public:
    void add(ActivityId activity, const StoredAttachment& row);
    /// Nothing where no row was added.
    void add_to(pg::Script& script, const pg::Statement& statement) const;

private:
    std::map<ActivityId, std::int64_t> next_ordinal_;
    std::vector<Uuid> ids_;
    std::vector<std::int64_t> ordinals_, sizes_;
    TextColumn names_, types_;
    std::vector<std::string_view> statuses_;
    std::vector<std::optional<std::string>> reasons_;
    std::vector<std::optional<pg::Bytes>> digests_;
};

} // namespace crmsync::store
