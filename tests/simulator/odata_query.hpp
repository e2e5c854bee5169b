#pragma once

#include "base/timestamp.hpp"
#include "simulator/message_properties.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::sim {

/// The name=value pairs behind the question mark, decoded.
struct QueryOption {
    std::string name; ///< without '$'
    std::string value;
    bool system = false;
};
std::vector<QueryOption> query_options(std::string_view query);

/// What of each attachment `$expand=attachments(...)` or the attachments' own `$select` asks for.
struct AttachmentSelect {
    bool all = true; ///< no $select: everything, contentBytes too
    std::vector<std::string> names;
    bool expand_item = false;

    bool wants(std::string_view name) const;
};

struct PropertyWanted {
    std::string asked; ///< as the client wrote it: answers repeat it
    std::string id;    ///< canonical
};

struct Comparison {
    enum class Operator { eq, ne, ge, gt, le, lt, contains, starts_with };
    std::string property; ///< "from/emailAddress/address", "categories/any", "extended:<id>"
    Operator op = Operator::eq;
    std::string value;
    std::optional<Timestamp> time;
};
/// Comparisons joined by `and`; Outlook's common filters need no more.
using Filter = std::vector<Comparison>;

/// The query options of a request for messages.
struct MessageQuery {
    std::optional<std::uint64_t> select; ///< bits; nothing: the default set
    std::string select_text;             ///< for @odata.context and the record
    std::vector<PropertyWanted> extended;
    bool expand_attachments = false;
    AttachmentSelect attachments;
    Filter filter;
    std::vector<std::pair<std::string, bool>> order; ///< property, descending
    std::optional<std::size_t> top;
    std::size_t skip = 0;
    bool count = false;
    std::string change_type;
    std::string delta_token, skip_token;

    std::uint64_t properties() const { return select.value_or(default_message_properties); }
};

/// Throws GraphError where Graph would refuse.
MessageQuery parse_message_query(std::string_view text);
AttachmentSelect parse_attachment_query(std::string_view query);
Filter parse_filter(std::string_view text);
/// Splits at a separator that stands outside of quotes and parentheses.
std::vector<std::string_view> split_outside(std::string_view text, char separator);

} // namespace crmsync::sim
