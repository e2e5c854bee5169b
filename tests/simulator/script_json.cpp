#include "simulator/script_json.hpp"

#include "base/digest.hpp"
#include "simulator/json_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace crmsync::sim {

namespace json = boost::json;

namespace {

std::invalid_argument wrong(std::string_view name, std::string_view expected)
{
    return std::invalid_argument(fmt::format("'{}' must be {}", name, expected));
}

Address address_of(const json::value& value, std::string_view name)
{
    if (value.is_string()) {
        const std::string_view text = value.get_string();
        const auto open = text.find('<');
        if (open == std::string_view::npos)
            return {std::string(text), std::string(text)};
        std::string_view display = text.substr(0, open);
        while (display.ends_with(' '))
            display.remove_suffix(1);
        return {std::string(display),
                std::string(text.substr(open + 1, text.find('>') - open - 1))};
    }
    if (!value.is_object() || !value.get_object().contains("address"))
        throw wrong(name, "an address: text or {name, address}");
    ScriptArguments arguments(value.get_object());
    Address address{arguments.text_or("name", ""), arguments.text("address")};
    arguments.done();
    return address;
}

Attachment attachment_of(const json::value& value)
{
    if (!value.is_object())
        throw wrong("attachments", "a list of objects");
    ScriptArguments arguments(value.get_object());
    Attachment attachment;
    attachment.name = arguments.text("name");
    attachment.content_type = arguments.text_or("content_type", "application/octet-stream");
    attachment.content_id = arguments.text_or("content_id", "");
    attachment.is_inline = arguments.flag_or("inline", false);
    attachment.broken = arguments.flag_or("broken", false);
    const std::string kind = arguments.text_or("kind", "file");
    std::string content = arguments.text_or("content", "");
    if (arguments.has("base64"))
        content = from_base64(arguments.text("base64"));
    if (const long size = arguments.number_or("size", 0); size > 0)
        content.assign(static_cast<std::size_t>(size), 'x');
    if (kind == "reference")
        attachment.kind = Attachment::Kind::reference;
    else if (kind == "item") {
        attachment.kind = Attachment::Kind::item;
        auto item = std::make_shared<Item>();
        item->subject = attachment.name;
        item->body.text = std::make_shared<const std::string>(std::move(content));
        attachment.item = std::move(item);
    } else {
        attachment.content = std::make_shared<const std::string>(std::move(content));
    }
    arguments.done();
    return attachment;
}

} // namespace

const json::value* ScriptArguments::find(std::string_view name)
{
    read_.emplace_back(name);
    return object_.if_contains(name);
}

std::string ScriptArguments::text(std::string_view name)
{
    const json::value* const value = find(name);
    if (!value || !value->is_string())
        throw wrong(name, "text");
    return std::string(value->get_string());
}

std::string ScriptArguments::text_or(std::string_view name, std::string fallback)
{
    return has(name) ? text(name) : (find(name), std::move(fallback));
}

long ScriptArguments::number_or(std::string_view name, long fallback)
{
    const json::value* const value = find(name);
    if (!value)
        return fallback;
    if (!value->is_int64())
        throw wrong(name, "a whole number");
    return value->get_int64();
}

double ScriptArguments::fraction_or(std::string_view name, double fallback)
{
    const json::value* const value = find(name);
    if (!value)
        return fallback;
    if (!value->is_number())
        throw wrong(name, "a number");
    return value->to_number<double>();
}

bool ScriptArguments::flag_or(std::string_view name, bool fallback)
{
    const json::value* const value = find(name);
    if (!value)
        return fallback;
    if (!value->is_bool())
        throw wrong(name, "true or false");
    return value->get_bool();
}

std::vector<std::string> ScriptArguments::texts(std::string_view name)
{
    std::vector<std::string> found;
    const json::value* const value = find(name);
    if (!value)
        return found;
    if (!value->is_array())
        throw wrong(name, "a list of texts");
    for (const json::value& one : value->get_array()) {
        if (!one.is_string())
            throw wrong(name, "a list of texts");
        found.emplace_back(one.get_string());
    }
    return found;
}

std::optional<Timestamp> ScriptArguments::time(std::string_view name)
{
    if (!has(name))
        return std::nullopt;
    const auto at = parse_timestamp(text(name));
    if (!at)
        throw wrong(name, "a time like 2026-03-02T09:15:00Z");
    return at;
}

std::vector<Address> ScriptArguments::addresses(std::string_view name)
{
    std::vector<Address> found;
    const json::value* const value = find(name);
    if (!value)
        return found;
    if (!value->is_array())
        return {address_of(*value, name)};
    for (const json::value& one : value->get_array())
        found.push_back(address_of(one, name));
    return found;
}

Mail ScriptArguments::mail()
{
    Mail mail;
    const auto one = [&](std::string_view name) -> std::optional<Address> {
        const json::value* const value = find(name);
        return value ? std::optional(address_of(*value, name)) : std::nullopt;
    };
    mail.from = one("from");
    mail.sender = one("sender");
    mail.to = addresses("to");
    mail.cc = addresses("cc");
    mail.bcc = addresses("bcc");
    mail.reply_to = addresses("reply_to");
    mail.subject = text_or("subject", "");
    mail.body = text_or("body", "");
    mail.html = flag_or("html", mail.body.starts_with("<"));
    mail.categories = texts("categories");
    mail.message_id = text_or("message_id", "");
    mail.in_reply_to = text_or("in_reply_to", "");
    mail.references = text_or("references", "");
    mail.sent = time("sent");
    mail.received = time("received");
    if (mail.received && !mail.sent)
        mail.sent = mail.received;
    mail.importance = text_or("importance", "normal");
    mail.message_class = text_or("message_class", "IPM.Note");
    mail.sensitivity = static_cast<std::uint8_t>(number_or("sensitivity", 0));
    mail.is_read = flag_or("is_read", false);
    if (const json::value* const headers = find("headers")) {
        if (!headers->is_object())
            throw wrong("headers", "an object of texts");
        for (const auto& [name, value] : headers->get_object())
            mail.headers.emplace_back(name, value.as_string());
    }
    if (const json::value* const raw = find("raw")) {
        if (!raw->is_object())
            throw wrong("raw", "an object of JSON texts");
        for (const auto& [name, value] : raw->get_object())
            mail.raw.emplace(name, value.is_string() ? std::string(value.get_string())
                                                     : json::serialize(value));
    }
    if (const json::value* const list = find("attachments")) {
        if (!list->is_array())
            throw wrong("attachments", "a list of objects");
        for (const json::value& value : list->get_array())
            mail.attachments.push_back(attachment_of(value));
    }
    return mail;
}

void ScriptArguments::done() const
{
    for (const auto& [name, value] : object_)
        if (std::find(read_.begin(), read_.end(), std::string_view(name)) == read_.end())
            throw std::invalid_argument(fmt::format("unknown member '{}'", std::string_view(name)));
}

std::string items_json(const std::vector<ItemRef>& items)
{
    std::string out = R"({"items":[)";
    for (const ItemRef& item : items) {
        if (out.back() != '[')
            out += ',';
        out += fmt::format(R"({{"mailbox":"{}","id":"{}"}})", item.mailbox, item.id);
    }
    return out + "]}";
}

std::string record_json(const Record& record)
{
    std::string out = "[";
    for (const RecordEntry& e : record.entries()) {
        out += out.back() == '[' ? "{" : ",{";
        append_name(out, "at");
        append_string(out, format_timestamp(e.at));
        append_name(out, "number");
        append_number(out, e.number);
        append_name(out, "batch");
        append_number(out, e.batch);
        append_name(out, "status");
        append_number(out, static_cast<std::uint64_t>(e.status));
        for (const auto& [name, text] :
             {std::pair<std::string_view, const std::string&>{"part", e.part},
              {"operation", e.operation},
              {"mailbox", e.mailbox},
              {"method", e.method},
              {"target", e.target},
              {"item", e.item},
              {"version", e.version},
              {"attachment", e.attachment},
              {"select", e.select},
              {"prefer", e.prefer},
              {"if_match", e.if_match},
              {"code", e.code}}) {
            append_name(out, name);
            append_string(out, text);
        }
        for (const auto& [name, flag] : {std::pair<std::string_view, bool>{"body", e.body},
                                         {"preview", e.preview},
                                         {"attachments", e.attachments},
                                         {"contents", e.contents},
                                         {"mime", e.mime},
                                         {"internet_headers", e.internet_headers}}) {
            append_name(out, name);
            append_bool(out, flag);
        }
        out += '}';
    }
    return out + "]";
}

void set_switch(Graph& graph, std::string_view name, const json::value& value)
{
    Switches& s = graph.switches;
    const std::pair<std::string_view, bool*> flags[] = {
        {"ignore_if_match", &s.ignore_if_match},
        {"whole_message_on_patch", &s.whole_message_on_patch},
        {"partial_delta_items", &s.partial_delta_items},
        {"no_extended_in_later_rounds", &s.no_extended_in_later_rounds},
        {"lose_categories_on_send", &s.lose_categories_on_send},
        {"new_item_on_send", &s.new_item_on_send},
        {"keep_modified_time", &s.keep_modified_time},
        {"touch_after_write", &s.touch_after_write},
        {"reverse_categories", &s.reverse_categories},
        {"master_spelling", &s.master_spelling},
        {"bad_request_on_double", &s.bad_request_on_double},
        {"ignore_page_size", &s.ignore_page_size},
        {"lower_case_property_ids", &s.lower_case_property_ids},
        {"resync_with_location", &s.resync_with_location},
        {"keep_old_pages", &s.keep_old_pages},
        {"replay_rounds", &s.replay_rounds},
        {"limit_concurrency", &s.limit_concurrency},
        {"limit_requests", &s.limit_requests},
        {"refuse_category_filter", &s.refuse_category_filter},
        {"refuse_modified_filter", &s.refuse_modified_filter},
        {"refuse_delta_order", &s.refuse_delta_order},
        {"check_permissions", &s.check_permissions},
        {"no_folder_properties", &s.no_folder_properties},
        {"refuse_unknown_category", &s.refuse_unknown_category}};
    const std::pair<std::string_view, std::size_t*> numbers[] = {
        {"repeat_every", &s.repeat_every},
        {"empty_page_every", &s.empty_page_every},
        {"conflict_next", &s.conflict_next},
        {"refuse_part_every", &s.refuse_part_every},
        {"unauthorised_next", &s.unauthorised_next}};
    if (name == "contrary" || name == "default") {
        s = name == "contrary" && value.is_bool() && value.get_bool() ? Switches::contrary()
                                                                      : Switches{};
        return;
    }
    if (name == "hold_changes" && value.is_bool())
        return graph.hold_changes(value.get_bool());
    for (const auto& [known, flag] : flags)
        if (known == name && value.is_bool()) {
            *flag = value.get_bool();
            return;
        }
    for (const auto& [known, number] : numbers)
        if (known == name && value.is_int64() && value.get_int64() >= 0) {
            *number = static_cast<std::size_t>(value.get_int64());
            return;
        }
    throw std::invalid_argument(fmt::format("no switch '{}' of that type", name));
}

} // namespace crmsync::sim
