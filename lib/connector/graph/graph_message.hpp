#pragma once

#include "model/body.hpp"
#include "model/item.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::graph {

/// How much an answer that says nothing about a property says.
enum class Completeness {
    partial, ///< a delta row: absent is not said (G-64)
    by_id,   ///< asked for by id: an extended property that is not there does not exist
    headers, ///< as by_id, with transport headers: automatic and sensitivity are said
};

/// A message of Graph as phase 1 reads it. Never throws for what `value` holds: where a property
/// has an impossible type or value, Item::unreadable names the property, and the rest is filled as
/// far as it goes. Nothing where there is no id to speak of.
std::optional<Item> read_message(const boost::json::value& value, MailboxId mailbox,
                                 Completeness completeness);

/// What internetMessageHeaders tell (null and absent: the sender's own copy, G-112).
AutomaticMail read_automatic(const boost::json::value* headers);

/// Without brackets and blanks, the domain in lower case: the form Message-IDs are compared in.
std::string normal_message_id(std::string_view text);
/// The Message-IDs of a References or In-Reply-To header, in order.
std::vector<std::string> split_message_ids(std::string_view text);

/// The version inside W/"…", or the text itself.
std::string_view version_in_etag(std::string_view etag);

/// The property tag of "String 0x1042", "string 0X1042", "Integer 0x0e08"; nothing for named
/// properties and what is none.
std::optional<unsigned> property_tag(std::string_view id);

} // namespace crmsync::graph
