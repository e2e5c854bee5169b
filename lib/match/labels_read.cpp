#include "match/labels_read.hpp"

#include "match/categories.hpp"

namespace crmsync::match {

namespace {

bool is_kept(const Decision& decision, const KnownItem& known)
{
    const bool was_tracked = known.link || known.pinned || !known.label_hmacs.empty();
    return was_tracked || decision.outcome == Outcome::tracked;
}

/// What was set while an answer waits is read once that is written.
bool was_read(const std::string& label, const Case& c)
{
    const auto& link = c.known.link;
    return contains_label(c.known.labels_read, label, c.policy) ||
           contains_label(c.wish.labels, label, c.policy) ||
           (link && link->regarding_category &&
            c.policy.same_label(*link->regarding_category, label));
}

} // namespace

std::optional<std::vector<std::string>> labels_read(const Decision& decision, const Case& c)
{
    if (!c.item.categories.said() || decision.needs_header_look || !is_kept(decision, c.known))
        return std::nullopt;
    const OwnCategories own = own_categories(
        without_senders(c.item.categories.value_or(std::vector<std::string>{}), c.wish), c.policy);
    const DesiredCategories& answer = decision.answer;
    std::vector<std::string> read;
    for (const std::string& label : own.labels) {
        // What the answer takes off is new when it is set again.
        const bool goes =
            decision.writes_answer && contains_label(answer.take_off, label, c.policy);
        if (was_read(label, c) && !goes)
            read.push_back(label);
    }
    if (answer.restore && answer.regarding && !contains_label(read, *answer.regarding, c.policy))
        read.push_back(*answer.regarding);
    return read;
}

} // namespace crmsync::match
