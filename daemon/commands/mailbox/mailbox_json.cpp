#include "commands/mailbox/mailbox_json.hpp"

#include "match/effective.hpp"

#include <boost/json.hpp>

namespace crmsync {

namespace json = boost::json;

json::object as_json(const match::EffectiveSettings& effective)
{
    json::object object;
    for (const match::Choice& choice : match::choices(effective)) {
        json::object one;
        const bool truth = choice.value == "true";
        one["value"] =
            truth || choice.value == "false" ? json::value(truth) : json::value(choice.value);
        one["layer"] = match::to_string(choice.layer);
        object[choice.key] = std::move(one);
    }
    return object;
}

json::object as_json(const Mailbox& mailbox, const Settings& settings)
{
    const auto time = [](const std::optional<Timestamp>& at) -> json::value {
        return at ? json::value(format_timestamp(*at)) : json::value(nullptr);
    };
    json::object object;
    object["id"] = mailbox.id.value;
    object["address"] = mailbox.address.text;
    object["provider"] = mailbox.provider;
    object["kind"] = mailbox.kind;
    object["state"] = to_string(mailbox.state);
    const match::EffectiveSettings effective = match::effective_settings(mailbox, settings);
    object["mode"] = to_string(effective.mode.value);
    object["mode_layer"] = to_string(effective.mode.layer);
    object["settings"] = as_json(effective);
    object["object_id"] =
        mailbox.object_id ? json::value(*mailbox.object_id) : json::value(nullptr);
    object["owner_id"] =
        mailbox.owner ? json::value(to_string(mailbox.owner->value)) : json::value(nullptr);
    object["enabled_at"] = time(mailbox.enabled_at);
    object["last_pass_at"] = time(mailbox.last_pass_at);
    object["next_pass_at"] = time(mailbox.next_pass_at);
    object["last_failure"] =
        mailbox.last_failure ? json::value(*mailbox.last_failure) : json::value(nullptr);
    return object;
}

std::string time_or(const std::optional<Timestamp>& at, const char* otherwise)
{
    return at ? format_timestamp(std::chrono::floor<std::chrono::seconds>(*at)) : otherwise;
}

} // namespace crmsync
