#include "commands/mailbox/first_load_shown.hpp"

#include "commands/mailbox/mailbox_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace crmsync {

namespace json = boost::json;

namespace {

std::string_view state_of(const store::FirstLoad& load)
{
    return load.running() ? "running" : load.began_at ? "done" : "not_begun";
}

/// The provider's count may be too low (G-57): the whole is never exceeded.
std::optional<std::int64_t> percent(const store::FirstLoadShown& shown)
{
    if (!shown.messages_total)
        return std::nullopt;
    if (*shown.messages_total == 0)
        return 100;
    return std::min<std::int64_t>(100, shown.messages_read * 100 / *shown.messages_total);
}

json::value number_or_null(const std::optional<std::int64_t>& number)
{
    return number ? json::value(*number) : json::value(nullptr);
}

json::value time_or_null(const std::optional<Timestamp>& at)
{
    return at ? json::value(format_timestamp(*at)) : json::value(nullptr);
}

} // namespace

json::object first_load_json(const store::FirstLoadShown& shown)
{
    json::object object;
    object["state"] = state_of(shown.load);
    object["began_at"] = time_or_null(shown.load.began_at);
    object["ended_at"] = time_or_null(shown.load.ended_at);
    object["folders"] = shown.folders;
    object["folders_done"] = shown.folders_done;
    object["messages_read"] = shown.messages_read;
    object["messages_total"] = number_or_null(shown.messages_total);
    object["percent"] = number_or_null(percent(shown));
    object["tagged_found"] = number_or_null(shown.load.tagged_found);
    object["items_answered"] = shown.load.items_answered;
    return object;
}

std::string first_load_line(const store::FirstLoadShown& shown)
{
    if (!shown.load.began_at)
        return "not begun";
    if (!shown.load.running())
        return "done at " + time_or(shown.load.ended_at, "an unknown time");
    const auto done = percent(shown);
    const std::string messages =
        done ? fmt::format("{} of about {} messages ({} %)", shown.messages_read,
                           *shown.messages_total, *done)
             : fmt::format("{} messages", shown.messages_read);
    const std::string tagged = shown.load.tagged_found
                                   ? fmt::format("{} tagged found", *shown.load.tagged_found)
                                   : std::string("tagged items are being sought");
    return fmt::format("running since {}: {} of {} folders, {}; {}, {} answered",
                       time_or(shown.load.began_at, ""), shown.folders_done, shown.folders,
                       messages, tagged, shown.load.items_answered);
}

} // namespace crmsync
