#include "match/parties.hpp"
#include "match/rules.hpp"
#include "match/subject.hpp"

#include <algorithm>

namespace crmsync::match {

namespace {

/// A hostile or very old thread may name thousands.
constexpr std::size_t most_parents = 50;

/// Somebody inside passes a message on: a new conversation, perhaps a private one.
bool forwarded_from_inside(const RuleInput& input)
{
    if (!read_subject(input.item.subject.value_or("")).is_forward)
        return false;
    const auto sender = sender_of(input.item);
    return !sender || side_of(*sender, input.candidates, input.policy) != Side::external;
}

bool answers(const Item& item, const std::string& parent)
{
    return item.thread.in_reply_to.has_value() && *item.thread.in_reply_to == parent;
}

} // namespace

std::vector<std::string> parents_of(const Item& item)
{
    std::vector<std::string> parents;
    const std::string own = item.thread.message_id.value_or("");
    const auto add = [&](const std::string& id) {
        if (!id.empty() && id != own && parents.size() < most_parents &&
            std::find(parents.begin(), parents.end(), id) == parents.end())
            parents.push_back(id);
    };
    if (item.thread.in_reply_to.has_value())
        add(*item.thread.in_reply_to);
    if (item.thread.references.has_value())
        std::for_each(item.thread.references->rbegin(), item.thread.references->rend(), add);
    return parents;
}

std::vector<Evidence> header_rule(const RuleInput& input)
{
    if (forwarded_from_inside(input))
        return {};
    const bool external = has_external(input.item, input.candidates, input.policy);
    std::vector<Evidence> found;
    for (const std::string& parent : parents_of(input.item)) {
        const auto at = input.candidates.by_message_id.find(parent);
        if (at == input.candidates.by_message_id.end() || at->second.deleted)
            continue;
        const StoredMessage& stored = at->second;
        // A thread with a customer that goes on among colleagues has become another one.
        if (stored.had_external && !external)
            continue;
        if (found.empty()) {
            Evidence evidence;
            evidence.rule = Rule::header_reference;
            evidence.strength = Strength::header;
            evidence.field = answers(input.item, parent) ? "in_reply_to" : "references";
            evidence.reason = "it belongs to the thread of a stored message";
            found.push_back(std::move(evidence));
        }
        // The nearest message that has a regarding speaks for the thread.
        if (stored.regarding) {
            found.front().candidates = {*stored.regarding};
            break;
        }
    }
    return found;
}

} // namespace crmsync::match
