#include "base/text.hpp"
#include "simulator/graph.hpp"
#include "simulator/json_text.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace crmsync::sim {

namespace {

constexpr std::string_view default_user[] = {
    "businessPhones", "displayName",       "givenName", "jobTitle",          "mail", "mobilePhone",
    "officeLocation", "preferredLanguage", "surname",   "userPrincipalName", "id"};
constexpr std::string_view more_user[] = {"accountEnabled", "assignedLicenses", "assignedPlans",
                                          "city",           "companyName",      "country",
                                          "department",     "mailNickname",     "otherMails",
                                          "postalCode",     "proxyAddresses",   "userType"};

void append_user_property(std::string& out, const Mailbox& mailbox, std::string_view name)
{
    const MailboxSpec& spec = mailbox.spec();
    const std::string_view full = spec.display_name;
    const auto space = full.find(' ');
    if (name == "id")
        return append_string(out, mailbox.id());
    if (name == "displayName")
        return append_string(out, full);
    if (name == "givenName")
        return append_string(out, full.substr(0, space));
    if (name == "surname")
        return append_string(out, space == std::string_view::npos ? std::string_view{}
                                                                  : full.substr(space + 1));
    if (name == "mail" || name == "userPrincipalName")
        return append_string(out, spec.upn);
    if (name == "mailNickname")
        return append_string(out, spec.upn.substr(0, spec.upn.find('@')));
    if (name == "preferredLanguage")
        return append_string(out, spec.language);
    if (name == "accountEnabled")
        return append_bool(out, true);
    if (name == "userType")
        return append_string(out, "Member");
    if (name == "proxyAddresses" || name == "otherMails") {
        out += '[';
        if (name == "proxyAddresses")
            append_string(out, "SMTP:" + spec.upn);
        for (const std::string& alias : spec.aliases) {
            if (out.back() != '[')
                out += ',';
            append_string(out, name == "proxyAddresses" ? "smtp:" + alias : alias);
        }
        out += ']';
        return;
    }
    if (name == "assignedLicenses" && spec.absence == Absence::none) {
        out += R"([{"disabledPlans":[],"skuId":"cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"}])";
        return;
    }
    if (name == "businessPhones" || name == "assignedLicenses" || name == "assignedPlans")
        out += "[]";
    else
        out += "null";
}

std::vector<std::string_view> selected(const std::vector<QueryOption>& options)
{
    std::vector<std::string_view> names;
    for (const QueryOption& option : options) {
        if (!same_name(option.name, "select"))
            continue;
        for (std::string_view asked : split(option.value, ',')) {
            asked = trim(asked);
            std::string_view known;
            for (const auto list : {std::span<const std::string_view>(default_user),
                                    std::span<const std::string_view>(more_user)})
                for (const std::string_view name : list)
                    if (same_name(name, asked))
                        known = name;
            if (known.empty())
                throw errors::unknown_property(asked, "user");
            names.push_back(known);
        }
    }
    if (names.empty())
        names.assign(std::begin(default_user), std::end(default_user));
    return names;
}

void append_user(std::string& out, const Mailbox& mailbox,
                 const std::vector<std::string_view>& names, std::string_view context)
{
    out += '{';
    if (!context.empty()) {
        append_name(out, "@odata.context");
        append_string(out, context);
    }
    for (const std::string_view name : names) {
        append_name(out, name);
        append_user_property(out, mailbox, name);
    }
    out += '}';
}

} // namespace

Answer Graph::list_users(Call& call)
{
    const auto options = query_options(call.request.query);
    std::size_t top = 100, skip = 0;
    for (const QueryOption& option : options) {
        if (same_name(option.name, "top"))
            top = std::clamp<std::size_t>(std::strtoul(option.value.c_str(), nullptr, 10), 1, 999);
        if (same_name(option.name, "skiptoken"))
            skip = std::strtoul(
                option.value.c_str() + std::min<std::size_t>(4, option.value.size()), nullptr, 16);
    }
    const auto names = selected(options);
    const auto& all = world_.mailboxes();
    std::string out = "{";
    append_name(out, "@odata.context");
    append_string(out, call.request.base + "/v1.0/$metadata#users");
    if (skip + top < all.size()) {
        std::string next = call.request.base + "/v1.0/users?";
        for (const QueryOption& option : options)
            if (!same_name(option.name, "skiptoken"))
                next +=
                    fmt::format("{}{}={}&", option.system ? "$" : "", option.name, option.value);
        append_name(out, "@odata.nextLink");
        append_string(out, next + fmt::format("$skiptoken=RFNw{:x}", skip + top));
    }
    append_name(out, "value");
    out += '[';
    for (std::size_t i = skip; i < all.size() && i < skip + top; ++i) {
        if (out.back() != '[')
            out += ',';
        append_user(out, *all[i], names, {});
    }
    return json_answer(out + "]}");
}

Answer Graph::get_user(Call& call)
{
    if (!call.mailbox)
        throw GraphError{404, "Request_ResourceNotFound",
                         fmt::format("Resource '{}' does not exist or one of its queried "
                                     "reference-property objects are not present.",
                                     call.word(1))};
    std::string out;
    append_user(out, *call.mailbox, selected(query_options(call.request.query)),
                call.request.base + "/v1.0/$metadata#users/$entity");
    return json_answer(std::move(out));
}

Answer Graph::mailbox_settings(Call& call)
{
    const std::string_view locale = call.mailbox->spec().language;
    std::string out = "{";
    append_name(out, "@odata.context");
    append_string(out, fmt::format("{}/v1.0/$metadata#users('{}')/mailboxSettings",
                                   call.request.base, call.mailbox->id()));
    out +=
        R"(,"automaticRepliesSetting":{"status":"disabled","externalAudience":"none",)"
        R"("scheduledStartDateTime":{"dateTime":"2026-01-01T00:00:00.0000000","timeZone":"UTC"},)"
        R"("scheduledEndDateTime":{"dateTime":"2026-01-02T00:00:00.0000000","timeZone":"UTC"},)"
        R"("internalReplyMessage":"","externalReplyMessage":""},"timeZone":"UTC",)"
        R"("language":{"locale":)";
    append_string(out, locale);
    out += R"(,"displayName":)";
    append_string(out, locale);
    out += R"(},"workingHours":{"daysOfWeek":["monday","tuesday","wednesday","thursday","friday"],)"
           R"("startTime":"08:00:00.0000000","endTime":"17:00:00.0000000",)"
           R"("timeZone":{"name":"UTC"}},"dateFormat":"yyyy-MM-dd","timeFormat":"HH:mm",)"
           R"("delegateMeetingMessageDeliveryOptions":"sendToDelegateOnly","userPurpose":"user"})";
    return json_answer(std::move(out));
}

Answer Graph::translate_ids(Call& call)
{
    const auto& body = call.body();
    const auto* const ids = body.if_contains("inputIds");
    const auto* const target = body.if_contains("targetIdType");
    if (!ids || !ids->is_array() || !target || !target->is_string())
        throw errors::bad_request("The parameters inputIds and targetIdType are required.");
    if (ids->get_array().size() > 1000)
        throw errors::bad_request("At most 1000 ids can be translated in one call.");
    const bool immutable = same_name(target->get_string(), "restImmutableEntryId");
    std::string out = fmt::format(
        R"~({{"@odata.context":"{}/v1.0/$metadata#Collection(microsoft.graph.convertIdResult)","value":[)~",
        call.request.base);
    for (const auto& id : ids->get_array()) {
        const std::string source = id.is_string() ? std::string(id.get_string()) : std::string{};
        if (out.back() != '[')
            out += ',';
        out += R"({"sourceId":)";
        append_string(out, source);
        if (const Item* const item = call.mailbox->find_item(source)) {
            out += R"(,"targetId":)";
            append_string(out, message_id(*call.mailbox, *item, immutable));
        } else {
            out +=
                R"(,"errorDetails":{"code":"ErrorInvalidIdMalformed","message":"Id is malformed."})";
        }
        out += '}';
    }
    return json_answer(out + "]}");
}

} // namespace crmsync::sim
