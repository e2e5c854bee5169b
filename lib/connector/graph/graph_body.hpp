#pragma once

#include "model/body.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <vector>

namespace crmsync::graph {

/// A message asked for with its body and, expanded, its list of attachments. Nothing where the
/// body is missing, or one of them of another shape, or the list goes on elsewhere.
std::optional<FetchedBody> read_body(const boost::json::value& row, MailboxId mailbox);

/// A list of attachments: the `attachments` of a message, or the `value` of their own listing.
/// Entries without an id are left out; contents are never asked for here. Nothing where it is no
/// list.
std::optional<std::vector<AttachmentHead>> read_attachments(const boost::json::value* list);

} // namespace crmsync::graph
