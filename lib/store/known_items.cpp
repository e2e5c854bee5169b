#include "store/known_items.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

#include <cstring>
#include <utility>

namespace crmsync::store {
namespace {

std::optional<KnownItem::Link> read_link(const pg::Result& rows, int row)
{
    const auto activity = optional_id<ActivityId>(rows, row, 1);
    if (!activity)
        return std::nullopt;
    KnownItem::Link link;
    link.activity = *activity;
    link.folder = FolderId(rows.get<std::string>(row, 2));
    link.version = Version(rows.get<std::string>(row, 3));
    link.category_seen = state_category(rows.get<std::string_view>(row, 4));
    link.tracked_by = rows.get<std::string>(row, 5);
    link.gone = rows.get<bool>(row, 6);
    link.activity_deleted = rows.get<bool>(row, 7);
    link.regarding = optional_id<RecordId>(rows, row, 8);
    link.regarding_category = rows.get<std::optional<std::string>>(row, 9);
    link.attachments_pending = rows.get<bool>(row, 19);
    link.owner = read_claim(rows, row, 28);
    return link;
}

void read_owed(KnownItem& item, DesiredCategories desired)
{
    item.owed = desired.state;
    item.owed_take_off = std::move(desired.take_off);
    item.restoring = desired.restore;
}

std::vector<Sha256> digests(std::string_view bytes)
{
    std::vector<Sha256> all(bytes.size() / std::tuple_size_v<Sha256>);
    for (Sha256& one : all) {
        std::memcpy(one.data(), bytes.data(), one.size());
        bytes.remove_prefix(one.size());
    }
    return all;
}

} // namespace

boost::asio::awaitable<std::map<std::string, KnownItem>>
known_items(pg::Connection& connection, MailboxId mailbox, const std::vector<KnownQuery>& items)
{
    std::map<std::string, KnownItem> known;
    if (items.empty())
        co_return known;
    std::vector<std::string> ids;
    std::vector<pg::Bytes> item_hmacs;
    std::vector<std::optional<pg::Bytes>> message_hmacs;
    std::vector<std::optional<Timestamp>> happened;
    for (const KnownQuery& item : items) {
        ids.push_back(item.item_id);
        item_hmacs.push_back(pg::to_bytes(item.item_hmac));
        happened.push_back(item.happened_at);
        std::optional<pg::Bytes>& message = message_hmacs.emplace_back();
        if (item.message_hmac)
            message = pg::to_bytes(*item.message_hmac);
    }
    const pg::Result rows = co_await connection.run(
        sql::known_items, params(mailbox, ids, item_hmacs, message_hmacs, happened));

    for (int row = 0; row < rows.rows(); ++row) {
        KnownItem item;
        item.link = read_link(rows, row);
        item.outcome = rows.get<std::optional<std::string>>(row, 10);
        if (auto input = rows.get<std::optional<pg::Bytes>>(row, 11))
            item.input_hmac = std::move(input->value);
        item.pinned = rows.get<bool>(row, 12);
        item.staged = rows.get<bool>(row, 13);
        if (const auto attempts = rows.get<std::optional<int>>(row, 14)) {
            item.parked = true;
            item.park_attempts = *attempts;
            item.came_tagged = rows.get<bool>(row, 16);
        }
        item.orphan = rows.get<bool>(row, 17);
        item.held = rows.get<std::optional<std::string>>(row, 18);
        item.corrections = rows.get<int>(row, 20);
        if (const auto owed = rows.get<std::optional<std::string_view>>(row, 15))
            read_owed(item, desired_categories(*owed));
        if (const auto tagged = rows.get<std::optional<bool>>(row, 21))
            item.intent = Intent{*tagged, rows.get<std::vector<std::string>>(row, 22)};
        item.carried = rows.get<std::optional<std::vector<std::string>>>(row, 23);
        item.says_stop = rows.get<bool>(row, 24);
        item.stops_there = rows.get<bool>(row, 25);
        item.pinned_itself = rows.get<bool>(row, 27);
        if (const auto labels = rows.get<std::optional<pg::Bytes>>(row, 26))
            item.label_hmacs = digests(labels->value);
        known.insert_or_assign(rows.get<std::string>(row, 0), std::move(item));
    }
    co_return known;
}

} // namespace crmsync::store
