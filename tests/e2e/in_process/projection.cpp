#include "e2e/in_process/projection.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"
#include "store/installation.hpp"
#include "sync/private_hash.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace crmsync::test {

namespace {

/// Of a record: what it is called where it comes from.
constexpr std::string_view named_records =
    "WITH r AS (SELECT id, type || ':' || external_id AS name FROM store.record), "
    "a AS (SELECT coalesce(message_id, '(no id) ' || subject) AS key, * FROM store.activity) ";

constexpr std::string_view activities =
    "SELECT concat_ws(' | ', 'activity ' || key, kind, direction, subject, body_type, "
    "md5(body), body_truncated, body_bytes, occurred_at AT TIME ZONE 'UTC', "
    "'regarding ' || coalesce(about.name, '-'), regarding_by_person, "
    "'owner ' || coalesce(owner.name, '-'), owned_by_person, visibility, fields, "
    "CASE WHEN deleted_at IS NOT NULL THEN 'deleted' END) "
    "FROM a LEFT JOIN r AS about ON about.id = regarding_id LEFT JOIN r AS owner ON owner.id = "
    "owner_id";

constexpr std::string_view parties =
    "SELECT concat_ws(' | ', 'party of ' || a.key, p.role, p.address, p.name, "
    "coalesce(r.name, '-'), p.resolution, p.is_list) FROM store.activity_party AS p JOIN a ON a.id "
    "= p.activity_id LEFT JOIN r ON r.id = p.record_id";

constexpr std::string_view attachments =
    "SELECT concat_ws(' | ', 'attachment of ' || a.key, t.name, t.content_type, t.size, t.status, "
    "t.reason, encode(t.sha256, 'hex'), (SELECT count(*) FROM store.blob_part AS b "
    "WHERE b.sha256 = t.sha256)) FROM store.attachment AS t JOIN a ON a.id = t.activity_id";

constexpr std::string_view connections =
    "SELECT concat_ws(' | ', 'connection of ' || a.key, c.role, r.name) "
    "FROM crm.activity_connection AS c JOIN a ON a.id = c.activity_id LEFT JOIN r ON r.id = "
    "c.record_id";

constexpr std::string_view mailboxes =
    "SELECT concat_ws(' | ', 'mailbox ' || address, state, link_count) FROM sync.mailbox";

/// Facts about one item, with its id in front.
constexpr std::string_view links =
    "SELECT l.item_id || E'\\t' || concat_ws(' | ', 'link', coalesce(a.key, 'nothing'), "
    "l.tracked_by, l.rule, l.category_seen, coalesce(l.regarding_category, '-'), "
    "CASE WHEN l.gone THEN 'gone' END) FROM sync.link AS l LEFT JOIN a ON a.id = l.activity_id";

constexpr std::string_view owed =
    "SELECT item_id || E'\\t' || concat_ws(' | ', 'owed', state, desired) FROM sync.write_back "
    "WHERE state <> 'done'";

constexpr std::string_view parked =
    "SELECT item_id || E'\\t' || concat_ws(' | ', 'parked', reason) FROM sync.parked";

constexpr std::string_view staged =
    "SELECT item_id || E'\\t' || 'staged untrack' FROM sync.untrack_stage";

constexpr std::string_view decisions =
    "SELECT encode(d.item_hmac, 'hex') || E'\\t' || concat_ws(' | ', 'outcome', d.outcome, d.rule) "
    "FROM sync.decision AS d";

constexpr std::string_view pins =
    "SELECT encode(p.message_hmac, 'hex') || E'\\t' || concat_ws(' | ', 'pin', m.address, p.kind) "
    "FROM sync.pin AS p JOIN sync.mailbox AS m ON m.id = p.mailbox_id";

/// What the world's things are called where the database knows them by id or by HMAC.
struct Names {
    std::map<std::string, std::string> items;    ///< by id and by HMAC
    std::map<std::string, std::string> messages; ///< by HMAC

    std::string of(const std::map<std::string, std::string>& names, const std::string& id) const
    {
        const auto found = names.find(id);
        return found == names.end() ? "one that is gone" : found->second;
    }
};

std::string path_of(sim::Mailbox& box, const sim::Item& item)
{
    const sim::Folder* const folder = box.folder(item.folder);
    return box.spec().upn + "/" + (folder ? folder->display_name : "nowhere") + "/" +
           (item.message_id.empty() ? item.subject : item.message_id);
}

void describe_world(Stage& stage, const PrivateHash& hash, Names& names, Stage::Rows& lines)
{
    for (const auto& box : stage.world().mailboxes()) {
        for (const auto& [serial, item] : box->items()) {
            const std::string path = path_of(*box, *item);
            const std::string id = box->immutable_id(*item);
            names.items[id] = path;
            names.items[hex(bytes_of(hash.item(id)))] = path;
            std::string message = item->message_id;
            std::erase_if(message, [](char c) { return c == '<' || c == '>'; });
            names.messages[hex(bytes_of(hash.message(message)))] = message;
            std::vector<std::string> categories = item->categories;
            std::sort(categories.begin(), categories.end());
            lines.push_back(fmt::format("item {}: [{}]", path, join(categories, ", ")));
        }
        for (const sim::Category& category : box->categories())
            lines.push_back(fmt::format("master category {}: {} {}", box->spec().upn,
                                        category.display_name, category.color));
    }
}

} // namespace

std::string projection(Stage& stage)
{
    const PrivateHash hash(
        from_base64(stage.one("SELECT encode(secret, 'base64') FROM sync.installation")));
    Names names;
    Stage::Rows lines;
    describe_world(stage, hash, names, lines);
    const auto add = [&](std::string_view query) {
        for (std::string& row : stage.rows(std::string(named_records) + std::string(query)))
            lines.push_back(std::move(row));
    };
    const auto add_named = [&](std::string_view query, const auto& known) {
        for (const std::string& row : stage.rows(std::string(named_records) + std::string(query))) {
            const auto tab = row.find('\t');
            lines.push_back(
                fmt::format("{} ({})", row.substr(tab + 1), names.of(known, row.substr(0, tab))));
        }
    };
    for (const std::string_view query : {activities, parties, attachments, connections, mailboxes})
        add(query);
    for (const std::string_view query : {links, owed, parked, staged, decisions})
        add_named(query, names.items);
    add_named(pins, names.messages);
    std::sort(lines.begin(), lines.end());
    return join(lines, "\n") + "\n";
}

std::string difference(const std::string& expected, const std::string& found)
{
    const std::vector<std::string_view> a = split(expected, '\n');
    const std::vector<std::string_view> b = split(found, '\n');
    std::vector<std::string_view> only_expected, only_found;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only_expected));
    std::set_difference(b.begin(), b.end(), a.begin(), a.end(), std::back_inserter(only_found));
    std::string text;
    for (const std::string_view line : only_expected)
        text += fmt::format("- {}\n", line);
    for (const std::string_view line : only_found)
        text += fmt::format("+ {}\n", line);
    return text;
}

} // namespace crmsync::test
