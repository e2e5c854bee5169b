#include "simulator/json_text.hpp"
#include "simulator/script.hpp"

#include <algorithm>

namespace crmsync::sim {

namespace {

std::string path_of(const Mailbox& box, const Folder& folder)
{
    std::string path = folder.display_name;
    const Folder* at = &folder;
    for (int depth = 0; depth < 100; ++depth) {
        const auto parent = box.folders().find(at->parent);
        if (parent == box.folders().end() || parent->second.parent == 0)
            return path;
        at = &parent->second;
        path = at->display_name + '/' + path;
    }
    return path;
}

} // namespace

std::string Script::dump(std::string_view name)
{
    Mailbox& box = mailbox(name);
    std::string out = "{";
    append_name(out, "id");
    append_string(out, box.id());
    append_name(out, "upn");
    append_string(out, box.spec().upn);
    append_name(out, "categories");
    out += '[';
    for (const Category& category : box.categories()) {
        if (out.back() != '[')
            out += ',';
        append_string(out, category.display_name);
    }
    out += ']';
    append_name(out, "folders");
    out += '[';
    for (const auto& [serial, folder] : box.folders()) {
        out += out.back() == '[' ? "{" : ",{";
        append_name(out, "id");
        append_string(out, folder.id);
        append_name(out, "path");
        append_string(out, path_of(box, folder));
        append_name(out, "well_known");
        append_string(out, folder.well_known);
        append_name(out, "total");
        append_number(out, folder.total);
        append_name(out, "unread");
        append_number(out, folder.unread);
        out += '}';
    }
    out += ']';
    append_name(out, "items");
    out += '[';
    std::vector<const Item*> items;
    for (const auto& [serial, item] : box.items())
        items.push_back(item.get());
    std::sort(items.begin(), items.end(),
              [](const Item* a, const Item* b) { return a->serial < b->serial; });
    for (const Item* const item : items) {
        const Folder& folder = box.folders().at(item->folder);
        out += out.back() == '[' ? "{" : ",{";
        append_name(out, "id");
        append_string(out, box.immutable_id(*item));
        append_name(out, "subject");
        append_string(out, item->subject);
        append_name(out, "message_id");
        append_string(out, item->message_id);
        append_name(out, "folder");
        append_string(out, folder.well_known.empty() ? path_of(box, folder) : folder.well_known);
        append_name(out, "from");
        append_string(out, item->from ? item->from->address : std::string{});
        append_name(out, "categories");
        out += '[';
        for (const std::string& category : item->categories) {
            if (out.back() != '[')
                out += ',';
            append_string(out, category);
        }
        out += ']';
        append_name(out, "draft");
        append_bool(out, item->is_draft);
        append_name(out, "read");
        append_bool(out, item->is_read);
        append_name(out, "attachments");
        append_number(out, item->attachments.size());
        append_name(out, "received");
        append_time(out, item->received);
        out += '}';
    }
    return out + "]}";
}

} // namespace crmsync::sim
