#include "store/activities.hpp"

#include "model/plan.hpp"
#include "store/columns.hpp"
#include "store/statements.hpp"

#include <utility>

namespace crmsync::store {
namespace {

constexpr int last_reuse = 8;

ShownActivity read_activity(const pg::Result& rows)
{
    ShownActivity activity;
    activity.id = ActivityId(rows.get<Uuid>(0, 0));
    activity.kind = rows.get<std::string>(0, 1);
    activity.direction = rows.get<std::string>(0, 2);
    activity.subject = rows.get<std::string>(0, 3);
    activity.body = rows.get<std::string>(0, 4);
    activity.body_type = rows.get<std::string>(0, 5);
    activity.body_truncated = rows.get<bool>(0, 6);
    activity.body_bytes = rows.get<std::int64_t>(0, 7);
    activity.occurred_at = rows.get<Timestamp>(0, 8);
    activity.message_id = rows.get<std::optional<std::string>>(0, 9);
    activity.regarding = optional_id<RecordId>(rows, 0, 10);
    activity.regarding_name = rows.get<std::optional<std::string>>(0, 11);
    activity.regarding_by_person = rows.get<bool>(0, 12);
    activity.owner = optional_id<RecordId>(rows, 0, 13);
    activity.owner_name = rows.get<std::optional<std::string>>(0, 14);
    activity.visibility = rows.get<std::string>(0, 15);
    activity.created_at = rows.get<Timestamp>(0, 16);
    activity.updated_at = rows.get<Timestamp>(0, 17);
    activity.deleted_at = rows.get<std::optional<Timestamp>>(0, 18);
    activity.fields_json = rows.get<std::string>(0, 19);
    return activity;
}

void read_parties(const pg::Result& rows, ShownActivity& activity)
{
    for (int row = 0; row < rows.rows(); ++row) {
        ShownParty& party = activity.parties.emplace_back();
        party.role = rows.get<std::string>(row, 0);
        party.address = rows.get<std::string>(row, 1);
        party.name = rows.get<std::string>(row, 2);
        party.record = optional_id<RecordId>(rows, row, 3);
        party.record_name = rows.get<std::optional<std::string>>(row, 4);
        party.resolution = rows.get<std::string>(row, 5);
        party.is_list = rows.get<bool>(row, 6);
    }
}

void read_connections(const pg::Result& rows, ShownActivity& activity)
{
    for (int row = 0; row < rows.rows(); ++row) {
        ShownConnection& connection = activity.connections.emplace_back();
        connection.record = RecordId(rows.get<Uuid>(row, 0));
        connection.record_name = rows.get<std::optional<std::string>>(row, 1).value_or("");
        connection.role = rows.get<std::string>(row, 2);
    }
}

void read_attachments(const pg::Result& rows, ShownActivity& activity)
{
    for (int row = 0; row < rows.rows(); ++row) {
        ShownAttachment& attachment = activity.attachments.emplace_back();
        attachment.name = rows.get<std::string>(row, 0);
        attachment.content_type = rows.get<std::string>(row, 1);
        attachment.size = rows.get<std::int64_t>(row, 2);
        attachment.status = rows.get<std::string>(row, 3);
        attachment.reason = rows.get<std::optional<std::string>>(row, 4);
        attachment.sha256_hex = rows.get<std::optional<std::string>>(row, 5);
    }
}

void read_links(const pg::Result& rows, ShownActivity& activity)
{
    for (int row = 0; row < rows.rows(); ++row) {
        ShownLink& link = activity.links.emplace_back();
        link.mailbox = rows.get<std::string>(row, 0);
        link.tracked_by = rows.get<std::string>(row, 1);
        link.rule = rows.get<std::string>(row, 2);
        link.tracked_at = rows.get<Timestamp>(row, 3);
        link.gone = rows.get<bool>(row, 4);
        link.mailbox_id = MailboxId(rows.get<std::int64_t>(row, 5));
        link.item_id = rows.get<std::string>(row, 6);
    }
}

} // namespace

boost::asio::awaitable<std::optional<ShownActivity>> Activities::show(ActivityId id)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script;
    script.add(sql::activity_by_id, params(id));
    script.add(sql::parties_of_activity, params(id));
    script.add(sql::connections_of_activity, params(id));
    script.add(sql::attachments_of_activity, params(id));
    script.add(sql::links_of_activity, params(id));
    const std::vector<pg::Result> results = co_await connection->run(std::move(script));
    if (results[0].empty())
        co_return std::nullopt;
    ShownActivity activity = read_activity(results[0]);
    read_parties(results[1], activity);
    read_connections(results[2], activity);
    read_attachments(results[3], activity);
    read_links(results[4], activity);
    co_return activity;
}

boost::asio::awaitable<std::vector<ActivityId>> Activities::by_message_id(std::string message_id)
{
    Identity identity;
    identity.text = std::move(message_id);
    std::vector<pg::Bytes> keys;
    for (int n = 0; n <= last_reuse; ++n)
        keys.push_back(pg::to_bytes(identity_key(identity, n)));
    const pg::Result rows = co_await pool_.run(sql::activities_by_identity, params(keys));
    std::vector<ActivityId> ids;
    for (int row = 0; row < rows.rows(); ++row)
        ids.emplace_back(rows.get<Uuid>(row, 0));
    co_return ids;
}

} // namespace crmsync::store
