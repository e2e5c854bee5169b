#include "base/text.hpp"
#include "simulator/cursor.hpp"
#include "simulator/extended_property.hpp"
#include "simulator/folder_names.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

constexpr std::string_view folder_properties[] = {"id",
                                                  "displayName",
                                                  "parentFolderId",
                                                  "childFolderCount",
                                                  "unreadItemCount",
                                                  "totalItemCount",
                                                  "isHidden"};

std::vector<std::string_view> selected(const std::vector<QueryOption>& options)
{
    std::vector<std::string_view> names;
    for (const QueryOption& option : options) {
        if (!same_name(option.name, "select") || option.value.empty())
            continue;
        names.push_back("id");
        for (std::string_view asked : split(option.value, ',')) {
            asked = trim(asked);
            const auto* const known =
                std::find_if(std::begin(folder_properties), std::end(folder_properties),
                             [&](std::string_view name) { return same_name(name, asked); });
            if (known == std::end(folder_properties))
                throw errors::unknown_property(asked, "mailFolder");
            if (*known != "id")
                names.push_back(*known);
        }
    }
    if (names.empty())
        names.assign(std::begin(folder_properties), std::end(folder_properties));
    return names;
}

/// The ids that "$expand=singleValueExtendedProperties($filter=id eq '…' or id eq '…')" names.
std::vector<std::string> expanded(const std::vector<QueryOption>& options)
{
    std::vector<std::string> ids;
    for (const QueryOption& option : options) {
        if (!same_name(option.name, "expand"))
            continue;
        const std::string_view value = option.value;
        if (!same_name(value.substr(0, value.find('(')), "singleValueExtendedProperties"))
            throw errors::bad_request("The query option '$expand' is not supported here.");
        for (std::size_t at = value.find('\''); at != value.npos;) {
            const std::size_t end = value.find('\'', at + 1);
            const auto id = canonical_property_id(value.substr(at + 1, end - at - 1));
            if (end == value.npos || !id)
                throw errors::bad_request("The extended property's id is malformed.");
            ids.push_back(*id);
            at = value.find('\'', end + 1);
        }
    }
    return ids;
}

/// Those of the folder's extended properties that were asked for, before its closing brace.
void append_expanded(std::string& out, const Folder& folder, const std::vector<std::string>& ids)
{
    std::string rows;
    for (const std::string& id : ids) {
        const auto found = folder.extended.find(id);
        if (found == folder.extended.end())
            continue;
        rows += rows.empty() ? "{" : ",{";
        append_name(rows, "id");
        append_string(rows, id);
        append_name(rows, "value");
        append_string(rows, found->second);
        rows += '}';
    }
    if (rows.empty())
        return;
    out.pop_back();
    append_name(out, "singleValueExtendedProperties");
    out += '[' + rows + "]}";
}

void set_expanded(Folder& folder, const boost::json::value& given)
{
    if (!given.is_array())
        throw errors::bad_request("singleValueExtendedProperties must be a collection.");
    for (const auto& one : given.get_array()) {
        const auto* const id = one.is_object() ? one.get_object().if_contains("id") : nullptr;
        const auto* const value = one.is_object() ? one.get_object().if_contains("value") : nullptr;
        const auto canonical = id && id->is_string()
                                   ? canonical_property_id(std::string_view(id->get_string()))
                                   : std::nullopt;
        if (!canonical || !value || !value->is_string())
            throw errors::bad_request("An extended property needs its id and its value.");
        folder.extended[*canonical] = value->get_string().c_str();
    }
}

void append_folder(std::string& out, const Mailbox& mailbox, const Folder& folder,
                   const std::vector<std::string_view>& names, std::string_view context = {})
{
    const auto children =
        std::count_if(mailbox.folders().begin(), mailbox.folders().end(), [&](const auto& other) {
            return other.second.parent == folder.serial && !other.second.hidden;
        });
    const auto parent = mailbox.folders().find(folder.parent);
    out += '{';
    if (!context.empty()) {
        append_name(out, "@odata.context");
        append_string(out, context);
    }
    for (const std::string_view name : names) {
        append_name(out, name);
        if (name == "id")
            append_string(out, folder.id);
        else if (name == "displayName")
            append_string(out, folder.display_name);
        else if (name == "parentFolderId")
            append_string(out, parent == mailbox.folders().end() ? mailbox.ids().folder(0)
                                                                 : parent->second.id);
        else if (name == "childFolderCount")
            append_number(out, static_cast<std::uint64_t>(children));
        else if (name == "unreadItemCount")
            append_number(out, folder.unread);
        else if (name == "totalItemCount")
            append_number(out, folder.total);
        else
            append_bool(out, folder.hidden);
    }
    out += '}';
}

std::string context_of(const Call& call, std::string_view tail)
{
    return fmt::format("{}/v1.0/$metadata#users('{}')/mailFolders{}", call.request.base,
                       call.mailbox->id(), tail);
}

std::string text_member(const boost::json::object& body, std::string_view name)
{
    const auto* const value = body.if_contains(name);
    if (!value || !value->is_string())
        throw errors::bad_request(fmt::format("The property '{}' is required.", name));
    return std::string(value->get_string());
}

} // namespace

Folder& Graph::folder_named(Call& call, std::string_view name)
{
    std::uint32_t serial = 0;
    switch (call.mailbox->ids().read_folder(name, serial)) {
    case IdForms::Reading::own:
        if (Folder* const found = call.mailbox->folder(serial))
            return *found;
        throw errors::folder_not_found();
    case IdForms::Reading::foreign:
        throw errors::folder_not_found();
    case IdForms::Reading::malformed:
        break;
    }
    if (Folder* const found = call.mailbox->well_known(name))
        return *found;
    const std::string lowered = fold(name);
    if (is_well_known(lowered))
        throw GraphError{404, "ErrorItemNotFound",
                         fmt::format("Default folder {} not found.", name)};
    throw errors::malformed_id();
}

Answer Graph::route_folders(Call& call, std::size_t at)
{
    const std::string_view name = call.word(at);
    if (name.empty()) {
        Folder& root = *call.mailbox->well_known("msgfolderroot");
        return call.is("POST") ? create_folder(call, root) : list_folders(call, root);
    }
    if (name == "delta")
        return folder_delta(call);
    if (same_name(call.word(at + 1), "messages") && same_name(call.word(at + 2), "delta")) {
        // A folder that went away while its cursor was in use has a code of its own (G-75).
        std::uint32_t serial = 0;
        if (call.mailbox->ids().read_folder(name, serial) == IdForms::Reading::own &&
            !call.mailbox->folder(serial) && call.request.query.find("token=") != std::string::npos)
            throw errors::sync_folder_not_found();
    }
    Folder& folder = folder_named(call, name);
    const std::string_view what = call.word(at + 1);
    if (what.empty())
        return change_folder(call, folder);
    if (same_name(what, "messages"))
        return route_messages(call, at + 2, &folder);
    if (same_name(what, "childFolders")) {
        if (!call.word(at + 2).empty())
            return route_folders(call, at + 2);
        return call.is("POST") ? create_folder(call, folder) : list_folders(call, folder);
    }
    Folder& to = folder_named(call, text_member(call.body(), "destinationId"));
    call.mailbox->move_folder(folder, to);
    std::string out;
    append_folder(out, *call.mailbox, folder, selected({}), context_of(call, "/$entity"));
    return json_answer(std::move(out), 201);
}

Answer Graph::list_folders(Call& call, const Folder& parent)
{
    const auto options = query_options(call.request.query);
    std::size_t top = call.preferences.page_size.value_or(10), skip = 0;
    bool hidden = false;
    for (const QueryOption& option : options) {
        if (same_name(option.name, "top"))
            top = std::strtoul(option.value.c_str(), nullptr, 10);
        if (same_name(option.name, "skip"))
            skip = std::strtoul(option.value.c_str(), nullptr, 10);
        if (same_name(option.name, "includeHiddenFolders"))
            hidden = same_name(option.value, "true");
    }
    top = std::clamp<std::size_t>(top, 1, 1000);
    const auto names = selected(options);
    std::vector<const Folder*> children;
    for (const auto& [serial, folder] : call.mailbox->folders())
        if (folder.parent == parent.serial && (hidden || !folder.hidden))
            children.push_back(&folder);
    std::sort(children.begin(), children.end(),
              [](const Folder* a, const Folder* b) { return a->display_name < b->display_name; });
    std::string out = "{";
    append_name(out, "@odata.context");
    append_string(out, context_of(call, ""));
    if (skip + top < children.size()) {
        std::string next =
            fmt::format("{}/v1.0{}?", call.request.base,
                        call.request.target.substr(0, call.request.target.find('?')));
        for (const QueryOption& option : options)
            if (!same_name(option.name, "skip"))
                next +=
                    fmt::format("{}{}={}&", option.system ? "%24" : "", option.name, option.value);
        append_name(out, "@odata.nextLink");
        append_string(out, next + fmt::format("%24skip={}", skip + top));
    }
    append_name(out, "value");
    out += '[';
    for (std::size_t i = skip; i < children.size() && i < skip + top; ++i) {
        if (out.back() != '[')
            out += ',';
        append_folder(out, *call.mailbox, *children[i], names);
    }
    return json_answer(out + "]}");
}

Answer Graph::create_folder(Call& call, Folder& parent)
{
    const std::string name = text_member(call.body(), "displayName");
    if (call.mailbox->child(parent, name))
        throw GraphError{409, "ErrorFolderExists",
                         "A folder with the specified name already exists."};
    Folder& made = call.mailbox->create_folder(parent, name);
    std::string out;
    append_folder(out, *call.mailbox, made, selected({}), context_of(call, "/$entity"));
    return json_answer(std::move(out), 201);
}

Answer Graph::change_folder(Call& call, Folder& folder)
{
    const std::vector<QueryOption> options = query_options(call.request.query);
    const std::vector<std::string> properties = expanded(options);
    const auto* const given =
        call.is("PATCH") ? call.body().if_contains("singleValueExtendedProperties") : nullptr;
    if (switches.no_folder_properties && (given || !properties.empty()))
        throw errors::bad_request("Extended properties are not supported here.");
    if (given) {
        set_expanded(folder, *given);
        if (call.preferences.minimal_return)
            return no_content();
    } else if (!call.is("GET")) {
        if (!folder.well_known.empty())
            throw GraphError{403, "ErrorDeleteDistinguishedFolder",
                             "Distinguished folders cannot be changed."};
        if (call.is("DELETE")) {
            call.mailbox->delete_folder(folder);
            return no_content();
        }
        call.mailbox->rename_folder(folder, text_member(call.body(), "displayName"));
    }
    std::string out;
    append_folder(out, *call.mailbox, folder, selected(options), context_of(call, "/$entity"));
    append_expanded(out, folder, properties);
    return json_answer(std::move(out));
}

Answer Graph::folder_delta(Call& call)
{
    Mailbox& mailbox = *call.mailbox;
    const auto options = query_options(call.request.query);
    Cursor cursor;
    cursor.mailbox = static_cast<std::uint32_t>(hash64(mailbox.id()));
    cursor.epoch = mailbox.root().epoch;
    cursor.first_end = mailbox.change();
    std::string token;
    for (const QueryOption& option : options)
        if (same_name(option.name, "deltatoken") || same_name(option.name, "skiptoken"))
            token = option.value;
    if (!token.empty()) {
        const auto read = read_cursor(token);
        if (!read || read->mailbox != cursor.mailbox || read->folder != 0)
            throw errors::sync_state_invalid();
        if (read->epoch != cursor.epoch)
            throw errors::sync_state_gone();
        cursor = *read;
    } else {
        std::string select;
        for (const QueryOption& option : options)
            if (same_name(option.name, "select"))
                select = option.value;
        selected(options); // refuses what is unknown before a cursor keeps it
        auto query = std::make_shared<MessageQuery>();
        query->select_text = select;
        cursor.query = static_cast<std::uint32_t>(cursor_queries_.size());
        cursor_queries_.push_back(query);
    }
    const auto names =
        selected({QueryOption{"select", cursor_queries_.at(cursor.query)->select_text, true}});
    const std::size_t page =
        std::clamp<std::size_t>(call.preferences.page_size.value_or(10), 1, 1000);

    std::string rows;
    std::size_t count = 0;
    const auto& entries = mailbox.folder_log().entries();
    std::size_t at = mailbox.folder_log().after(cursor.position);
    for (; at < entries.size() && count < page; ++at) {
        const ChangeLog::Entry& entry = entries[at];
        cursor.position = entry.change;
        const Folder* const folder = mailbox.folder(static_cast<std::uint32_t>(entry.item));
        if (entry.removed) {
            if (cursor.base == 0 && entry.change <= cursor.first_end)
                continue;
            rows += fmt::format(R"({}{{"@removed":{{"reason":"deleted"}},"id":"{}"}})",
                                rows.empty() ? "" : ",",
                                mailbox.ids().folder(static_cast<std::uint32_t>(entry.item)));
            ++count;
        } else if (folder && folder->change == entry.change && !folder->outside &&
                   !folder->hidden) {
            if (!rows.empty())
                rows += ',';
            append_folder(rows, mailbox, *folder, names);
            ++count;
            if (switches.repeat_every > 0 && count % switches.repeat_every == 0) {
                rows += ',';
                append_folder(rows, mailbox, *folder, names);
            }
        }
    }
    const bool more = at < entries.size();
    if (!more)
        cursor.base = cursor.position = mailbox.change();
    std::string out = "{";
    append_name(out, "@odata.context");
    append_string(out, context_of(call, "/delta"));
    append_name(out, more ? "@odata.nextLink" : "@odata.deltaLink");
    append_string(out, fmt::format("{}/mailFolders/delta?${}={}", user_url(call),
                                   more ? "skiptoken" : "deltatoken", cursor.text()));
    append_name(out, "value");
    return json_answer(out + '[' + rows + "]}");
}

} // namespace crmsync::sim
