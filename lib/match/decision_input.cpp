#include "match/decision_input.hpp"

#include "base/text.hpp"
#include "match/rules.hpp"
#include "match/subject.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace crmsync::match {

namespace {

/// Lines of "name length value": lengths keep two values from running into one another.
class Text {
public:
    void add(std::string_view name, std::string_view value)
    {
        text_ += fmt::format("{} {} {}\n", name, value.size(), value);
    }
    template <class T>
    void add(std::string_view name, const Said<T>& value, std::string_view shown)
    {
        add(name, !value.said() ? "?" : value.has_value() ? shown : "-");
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

std::string shown(const Said<Timestamp>& at)
{
    return at.has_value() ? format_timestamp(*at) : std::string();
}

void add_participants(Text& text, const Item& item)
{
    std::vector<std::string> lines;
    for (const Participant& participant : item.participants.all()) {
        const auto address = parse_address(participant.address);
        lines.push_back(fmt::format("{} {}", to_string(participant.role),
                                    address ? address->text : fold(trim(participant.address))));
    }
    // Providers list recipients in no promised order.
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines)
        text.add("participant", line);
}

void add_headers(Text& text, const Message& message, const Policy& policy)
{
    text.add("class", message.message_class, fold(message.message_class.value_or("")));
    text.add("draft", message.draft, message.draft.value_or(false) ? "yes" : "no");
    text.add("sent", message.sent_at, shown(message.sent_at));
    text.add("received", message.received_at, shown(message.received_at));
    const bool automatic = message.automatic.has_value() && message.automatic->automatic;
    text.add("automatic", message.automatic, automatic ? "yes" : "no");
    if (message.automatic.has_value() && message.automatic->is_protected)
        text.add("protected", "yes");
    if (message.automatic.has_value())
        for (const std::string& keyword : message.automatic->keywords)
            if (policy.is_ours(keyword))
                text.add("keyword", name_key(keyword));
}

void add_categories(Text& text, const Item& item, const Policy& policy)
{
    std::vector<std::string> ours;
    for (const std::string& category : item.categories.value_or(std::vector<std::string>{}))
        if (policy.is_ours(category))
            ours.push_back(name_key(category));
    std::sort(ours.begin(), ours.end());
    text.add("categories", item.categories, "said");
    for (const std::string& category : ours)
        text.add("category", category);
}

} // namespace

std::string decision_input(const Item& item, const Policy& policy,
                           const Circumstances& circumstances)
{
    Text text;
    text.add("kind", std::to_string(item.detail.index()));
    text.add("message-id", item.thread.message_id, item.thread.message_id.value_or(""));
    for (const std::string& parent : parents_of(item))
        text.add("parent", parent);
    add_participants(text, item);
    const bool forward = read_subject(item.subject.value_or("")).is_forward;
    text.add("subject", item.subject, forward ? "forward" : "other");
    const auto sensitivity = item.sensitivity.value_or(Sensitivity::normal);
    text.add("sensitivity", item.sensitivity, std::to_string(static_cast<int>(sensitivity)));
    add_categories(text, item, policy);
    if (const auto* message = std::get_if<Message>(&item.detail))
        add_headers(text, *message, policy);
    text.add("mode", to_string(circumstances.mode));
    text.add("sent-items-count", circumstances.sent_items ? "yes" : "no");
    text.add("show-shared", circumstances.show_shared ? "yes" : "no");
    text.add("first-pass", circumstances.first_pass ? "yes" : "no");
    text.add("sent-items", circumstances.folder == WellKnown::sent_items ? "yes" : "no");
    if (circumstances.listed != Listed::no)
        text.add("never-folder", circumstances.listed == Listed::yes ? "yes" : "?");
    return text.take();
}

} // namespace crmsync::match
