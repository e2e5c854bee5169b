#include "simulator/odata_query.hpp"

#include "base/text.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/graph_error.hpp"
#include "simulator/request.hpp"

#include <charconv>

namespace crmsync::sim {

namespace {

constexpr std::string_view attachment_names[] = {"id",          "name",
                                                 "contentType", "size",
                                                 "isInline",    "lastModifiedDateTime",
                                                 "contentId",   "contentLocation",
                                                 "contentBytes"};

std::size_t number(std::string_view text, std::string_view option)
{
    std::size_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size())
        throw errors::bad_request("Invalid value for the query option '$" + std::string(option) +
                                  "'.");
    return value;
}

std::uint64_t parse_select(std::string_view text)
{
    std::uint64_t bits = 0;
    for (std::string_view name : split(text, ',')) {
        name = trim(name);
        if (name.empty())
            continue;
        const PropertyRow* const row = message_property(name);
        if (!row)
            throw errors::unknown_property(name, "message");
        bits |= row->bit;
    }
    return bits;
}

/// id eq 'A' or id eq 'B', perhaps in parentheses.
std::vector<PropertyWanted> parse_wanted(std::string_view filter)
{
    std::vector<PropertyWanted> wanted;
    while (true) {
        filter = trim(filter);
        const auto open = filter.find('\'');
        const auto close = open == std::string_view::npos ? open : filter.find('\'', open + 1);
        if (close == std::string_view::npos)
            throw errors::invalid_filter();
        std::string_view before = trim(filter.substr(0, open));
        while (before.starts_with('('))
            before = trim(before.substr(1));
        if (!same_name(before.substr(0, 2), "id") || !trim(before.substr(2)).ends_with("eq"))
            throw errors::invalid_filter();
        const std::string asked{filter.substr(open + 1, close - open - 1)};
        auto id = canonical_property_id(asked);
        if (!id)
            throw GraphError{400, "ErrorInvalidProperty",
                             "The property id '" + asked + "' is invalid."};
        wanted.push_back({asked, std::move(*id)});
        filter = trim(filter.substr(close + 1));
        while (filter.starts_with(')'))
            filter = trim(filter.substr(1));
        if (filter.empty())
            return wanted;
        if (!same_name(filter.substr(0, 3), "or "))
            throw errors::invalid_filter();
        filter.remove_prefix(3);
    }
}

AttachmentSelect parse_attachment_options(std::string_view text, char separator)
{
    AttachmentSelect select;
    for (const std::string_view option : split_outside(text, separator)) {
        const auto equals = option.find('=');
        std::string_view name = trim(option.substr(0, equals));
        const std::string_view value =
            equals == std::string_view::npos ? std::string_view{} : trim(option.substr(equals + 1));
        if (name.starts_with('$'))
            name.remove_prefix(1);
        if (same_name(name, "select")) {
            select.all = false;
            for (std::string_view one : split(value, ',')) {
                one = trim(one);
                const auto slash = one.rfind('/'); // microsoft.graph.fileAttachment/contentId
                const std::string_view last =
                    slash == std::string_view::npos ? one : one.substr(slash + 1);
                bool known = false;
                for (const std::string_view candidate : attachment_names)
                    known = known || same_name(candidate, last);
                // contentId and its like belong to files: the base type does not know them.
                const bool derived = last.starts_with("content") && !same_name(last, "contentType");
                if (!known || (derived && slash == std::string_view::npos))
                    throw errors::unknown_property(one, "attachment");
                select.names.emplace_back(last);
            }
        } else if (same_name(name, "expand")) {
            if (!same_name(value, "microsoft.graph.itemattachment/item"))
                throw errors::unknown_property(value, "attachment");
            select.expand_item = true;
        }
    }
    return select;
}

void parse_expand(MessageQuery& query, std::string_view text)
{
    for (std::string_view one : split_outside(text, ',')) {
        one = trim(one);
        const auto open = one.find('(');
        const std::string_view name = one.substr(0, open);
        const std::string_view inner = open == std::string_view::npos || !one.ends_with(')')
                                           ? std::string_view{}
                                           : one.substr(open + 1, one.size() - open - 2);
        if (same_name(name, "attachments")) {
            query.expand_attachments = true;
            query.attachments = parse_attachment_options(inner, ';');
        } else if (same_name(name, "singleValueExtendedProperties")) {
            for (const std::string_view option : split_outside(inner, ';'))
                if (const auto equals = option.find('=');
                    equals != std::string_view::npos &&
                    same_name(trim(option.substr(0, equals)), "$filter"))
                    query.extended = parse_wanted(option.substr(equals + 1));
            if (query.extended.empty())
                throw GraphError{400, "ErrorInvalidUrlQuery",
                                 "Expanding extended properties needs a filter of their ids."};
        } else if (!same_name(name, "extensions") &&
                   !same_name(name, "multiValueExtendedProperties")) {
            throw errors::unknown_property(name, "message");
        }
    }
}

} // namespace

bool AttachmentSelect::wants(std::string_view name) const
{
    if (all)
        return true;
    for (const std::string& one : names)
        if (same_name(one, name))
            return true;
    return false;
}

std::vector<std::string_view> split_outside(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    int depth = 0;
    bool quoted = false;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'')
            quoted = !quoted;
        if (quoted)
            continue;
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == separator && depth == 0) {
            parts.push_back(text.substr(start, i - start));
            start = i + 1;
        }
    }
    parts.push_back(text.substr(start));
    return parts;
}

std::vector<QueryOption> query_options(std::string_view query)
{
    std::vector<QueryOption> options;
    for (const std::string_view pair : split(query, '&')) {
        if (pair.empty())
            continue;
        const auto equals = pair.find('=');
        QueryOption option;
        option.name = percent_decoded(pair.substr(0, equals), true);
        if (equals != std::string_view::npos)
            option.value = percent_decoded(pair.substr(equals + 1), true);
        option.system = option.name.starts_with('$');
        if (option.system)
            option.name.erase(0, 1);
        options.push_back(std::move(option));
    }
    return options;
}

MessageQuery parse_message_query(std::string_view text)
{
    MessageQuery query;
    for (QueryOption& option : query_options(text)) {
        const std::string_view name = option.name;
        if (same_name(name, "select")) {
            query.select = parse_select(option.value);
            query.select_text = std::move(option.value);
        } else if (same_name(name, "expand"))
            parse_expand(query, option.value);
        else if (same_name(name, "filter"))
            query.filter = parse_filter(option.value);
        else if (same_name(name, "orderby")) {
            for (std::string_view one : split(option.value, ',')) {
                one = trim(one);
                const bool descending = one.ends_with(" desc");
                query.order.emplace_back(trim(one.substr(0, one.find(' '))), descending);
            }
        } else if (same_name(name, "top")) {
            query.top = number(option.value, "top");
            if (*query.top < 1 || *query.top > 1000)
                throw errors::bad_request("The limit of '1000' for Top query has been exceeded.");
        } else if (same_name(name, "skip"))
            query.skip = number(option.value, "skip");
        else if (same_name(name, "count"))
            query.count = same_name(option.value, "true");
        else if (same_name(name, "deltatoken"))
            query.delta_token = std::move(option.value);
        else if (same_name(name, "skiptoken"))
            query.skip_token = std::move(option.value);
        else if (same_name(name, "changeType"))
            query.change_type = std::move(option.value);
        else if (same_name(name, "search"))
            throw GraphError{501, "NotImplemented", "The simulator does not search."};
        else if (option.system && !same_name(name, "format"))
            throw errors::bad_request("The query option '$" + option.name + "' is not recognized.");
    }
    return query;
}

AttachmentSelect parse_attachment_query(std::string_view query)
{
    AttachmentSelect select;
    for (const QueryOption& option : query_options(query)) {
        if (!same_name(option.name, "select") && !same_name(option.name, "expand"))
            continue;
        AttachmentSelect one = parse_attachment_options(option.name + "=" + option.value, ';');
        if (same_name(option.name, "select")) {
            select.all = one.all;
            select.names = std::move(one.names);
        } else {
            select.expand_item = one.expand_item;
        }
    }
    return select;
}

} // namespace crmsync::sim
