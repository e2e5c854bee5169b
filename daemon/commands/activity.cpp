#include "base/failure.hpp"
#include "command.hpp"
#include "command_run.hpp"
#include "print.hpp"
#include "store/activities.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>

namespace crmsync {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

json::value or_null(const std::optional<std::string>& text)
{
    return text ? json::value(*text) : json::value(nullptr);
}

template <class Id>
json::value id_or_null(const std::optional<Id>& id)
{
    return id ? json::value(to_string(id->value)) : json::value(nullptr);
}

json::value as_json(const store::ShownParty& party)
{
    return {{"role", party.role},
            {"address", party.address},
            {"name", party.name},
            {"record_id", id_or_null(party.record)},
            {"record_name", or_null(party.record_name)},
            {"resolution", party.resolution},
            {"is_list", party.is_list}};
}

json::value as_json(const store::ShownConnection& connection)
{
    return {{"record_id", to_string(connection.record.value)},
            {"record_name", connection.record_name},
            {"role", connection.role}};
}

json::value as_json(const store::ShownAttachment& attachment)
{
    return {{"name", attachment.name},
            {"content_type", attachment.content_type},
            {"size", attachment.size},
            {"status", attachment.status},
            {"reason", or_null(attachment.reason)},
            {"sha256", or_null(attachment.sha256_hex)}};
}

json::value as_json(const store::ShownLink& link)
{
    return {{"mailbox_id", link.mailbox_id.value},
            {"mailbox", link.mailbox},
            {"item_id", link.item_id},
            {"tracked_by", link.tracked_by},
            {"rule", link.rule},
            {"tracked_at", format_timestamp(link.tracked_at)},
            {"gone", link.gone}};
}

template <class Shown>
json::array list_of(const std::vector<Shown>& all)
{
    json::array list;
    for (const Shown& one : all)
        list.emplace_back(as_json(one));
    return list;
}

json::value as_json(const store::ShownActivity& activity)
{
    const json::value deleted_at =
        activity.deleted_at ? json::value(format_timestamp(*activity.deleted_at)) : nullptr;
    return {{"id", to_string(activity.id.value)},
            {"kind", activity.kind},
            {"direction", activity.direction},
            {"subject", activity.subject},
            {"body", activity.body},
            {"body_type", activity.body_type},
            {"body_truncated", activity.body_truncated},
            {"occurred_at", format_timestamp(activity.occurred_at)},
            {"message_id", or_null(activity.message_id)},
            {"regarding_id", id_or_null(activity.regarding)},
            {"regarding_name", or_null(activity.regarding_name)},
            {"regarding_by_person", activity.regarding_by_person},
            {"owner_id", id_or_null(activity.owner)},
            {"owner_name", or_null(activity.owner_name)},
            {"visibility", activity.visibility},
            {"fields", json::parse(activity.fields_json)},
            {"created_at", format_timestamp(activity.created_at)},
            {"updated_at", format_timestamp(activity.updated_at)},
            {"deleted_at", deleted_at},
            {"parties", list_of(activity.parties)},
            {"connections", list_of(activity.connections)},
            {"attachments", list_of(activity.attachments)},
            {"links", list_of(activity.links)}};
}

void print(const store::ShownActivity& activity)
{
    const auto line = [](std::string_view name, std::string_view value) {
        print_line(std::cout, fmt::format("{:9}  {}", name, value));
    };
    print_line(std::cout, activity.kind + " " + to_string(activity.id.value));
    line("subject", activity.subject);
    line("direction", activity.direction);
    line("when", format_timestamp(activity.occurred_at));
    line("message", activity.message_id.value_or("without a Message-ID"));
    line("regarding", activity.regarding_name.value_or("nothing") +
                          (activity.regarding_by_person ? " (set by a person)" : ""));
    line("owner", activity.owner_name.value_or("nobody"));
    line("body", fmt::format("{} bytes of {}{}", activity.body_bytes, activity.body_type,
                             activity.body_truncated ? ", cut" : ""));
    if (activity.deleted_at)
        line("untracked", format_timestamp(*activity.deleted_at));
    for (const store::ShownParty& party : activity.parties)
        line("party", fmt::format("{} {}: {}", party.role, party.address,
                                  party.record_name.value_or(party.resolution)));
    for (const store::ShownConnection& connection : activity.connections)
        line("connected", connection.record_name);
    for (const store::ShownAttachment& attachment : activity.attachments)
        line("attached",
             fmt::format("{}, {} bytes: {}{}", attachment.name, attachment.size, attachment.status,
                         attachment.reason ? " (" + *attachment.reason + ")" : ""));
    for (const store::ShownLink& link : activity.links)
        line("link", fmt::format("{}, by {} ({}){}", link.mailbox, link.tracked_by, link.rule,
                                 link.gone ? ", no longer in the mailbox" : ""));
}

asio::awaitable<int> show(pg::Pool& pool, std::string id, bool as_json_text)
{
    const std::optional<Uuid> uuid = parse_uuid(id);
    if (!uuid)
        throw UsageError(
            "\"" + id + "\" is no activity id; it looks like 01900000-0000-7000-8000-000000000000");
    store::Activities activities(pool);
    const ActivityId activity_id(*uuid);
    const std::optional<store::ShownActivity> activity = co_await activities.show(activity_id);
    if (!activity)
        throw Failure(Reaction::stop, "activity.unknown", "no activity " + id);
    if (as_json_text)
        print_json(std::cout, as_json(*activity));
    else
        print(*activity);
    co_return 0;
}

} // namespace

void add_activity_commands(CLI::App& app, Invocation& invocation)
{
    CLI::App* activity = app.add_subcommand("activity", "Stored copies of messages");
    activity->require_subcommand(0, 1);
    activity->footer("Example: crmsync activity show 01900000-0000-7000-8000-000000000000");
    CLI::App* showing =
        activity->add_subcommand("show", "One activity with its parties, attachments and links");
    auto id = std::make_shared<std::string>();
    showing->add_option("ID", *id, "Of the activity, as in crm.activity and in explain")
        ->type_name("")
        ->required();
    showing->add_flag("--json", invocation.json, "Print JSON");
    showing->footer("Example: crmsync activity show 01900000-0000-7000-8000-000000000000");
    showing->callback([&invocation, id] {
        invocation.action = [&invocation, id] {
            CommandRun run(invocation.settings());
            pg::Pool& pool = run.database();
            return run.run(show(pool, *id, invocation.json));
        };
    });
}

} // namespace crmsync
