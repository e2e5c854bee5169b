#include "match/regarding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace crmsync::match {

namespace {

constexpr std::size_t most_suggestions = 10;

const Record* find(const Candidates& candidates, const RecordId& id)
{
    const auto at = candidates.records.find(id);
    return at == candidates.records.end() ? nullptr : &at->second;
}

/// An activity is never about a user or a team.
bool may_be_regarded(const Candidates& candidates, const RecordId& id)
{
    const Record* record = find(candidates, id);
    return record == nullptr || (record->type != "user" && record->type != "team");
}

void add_once(std::vector<RecordId>& ids, const RecordId& id)
{
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.push_back(id);
}

std::vector<RecordId> named_at(Strength strength, const std::vector<Evidence>& evidence,
                               const Candidates& candidates)
{
    std::vector<RecordId> ids;
    for (const Evidence& one : evidence)
        if (one.strength == strength)
            for (const RecordId& id : one.candidates)
                if (may_be_regarded(candidates, id))
                    add_once(ids, id);
    return ids;
}

std::optional<RecordId> account_of(const Candidates& candidates, const RecordId& id)
{
    const Record* record = find(candidates, id);
    if (record == nullptr)
        return std::nullopt;
    if (record->type == "account")
        return id;
    if (!record->parent)
        return std::nullopt;
    // A parent that was not loaded with the candidates counts as well: equal ids are one record.
    const Record* parent = find(candidates, *record->parent);
    if (parent != nullptr && parent->type != "account")
        return std::nullopt;
    return record->parent;
}

std::optional<RecordId> common_account(const std::vector<RecordId>& ids,
                                       const Candidates& candidates)
{
    const auto first = account_of(candidates, ids.front());
    const bool common = first && std::all_of(ids.begin(), ids.end(), [&](const RecordId& id) {
                            return account_of(candidates, id) == first;
                        });
    return common ? first : std::nullopt;
}

std::vector<RecordId> regardable(const std::vector<RecordId>& ids, const Candidates& candidates)
{
    std::vector<RecordId> result;
    for (const RecordId& id : ids)
        if (may_be_regarded(candidates, id))
            add_once(result, id);
    return result;
}

} // namespace

Regarding weigh(const std::vector<Evidence>& evidence, const Candidates& candidates)
{
    std::set<Strength, std::greater<>> strengths;
    for (const Evidence& one : evidence)
        strengths.insert(one.strength);

    Regarding result;
    for (const Strength strength : strengths) {
        const auto ids = named_at(strength, evidence, candidates);
        if (ids.empty())
            continue;
        if (!result.record && !result.ambiguous) {
            result.record = ids.size() == 1 ? ids.front() : common_account(ids, candidates);
            result.ambiguous = !result.record;
            result.strength = strength;
        }
        for (const RecordId& id : ids)
            if (result.suggestions.size() < most_suggestions)
                add_once(result.suggestions, id);
    }
    if (result.record)
        result.suggestions.clear();
    return result;
}

LabelAnswer resolve_labels(const std::vector<std::string>& labels, const Candidates& candidates,
                           const Policy& policy)
{
    LabelAnswer answer;
    answer.evidence.rule = Rule::regarding_category;
    answer.evidence.strength = Strength::person;
    answer.evidence.field = "categories";
    if (labels.size() > 1) {
        answer.note = fmt::format("{} regarding categories at once", labels.size());
        answer.evidence.reason = answer.note;
    }
    for (const std::string& label : labels) {
        const auto text = policy.label_of(label);
        const auto at = text ? candidates.by_label.find(*text) : candidates.by_label.end();
        if (at == candidates.by_label.end())
            continue;
        const auto published = regardable(at->second.published, candidates);
        const auto by_number = regardable(at->second.by_number, candidates);
        const auto by_name = regardable(at->second.by_name, candidates);
        const auto by_prefix = regardable(at->second.by_prefix, candidates);
        const auto& hits = !published.empty()   ? published
                           : !by_number.empty() ? by_number
                           : !by_name.empty()   ? by_name
                                                : by_prefix;
        const std::string_view how = !published.empty()   ? "label in this mailbox"
                                     : !by_number.empty() ? "number"
                                     : !by_name.empty()   ? "name"
                                                          : "beginning of its name";
        for (const RecordId& id : hits)
            add_once(answer.evidence.candidates, id);
        if (labels.size() == 1 && hits.size() == 1)
            answer.evidence.reason = fmt::format("label gives a record's {}", how);
        else if (labels.size() == 1 && hits.size() > 1)
            answer.note = fmt::format("label matches {} records by {}", hits.size(), how);
    }
    if (labels.size() == 1 && answer.evidence.candidates.size() == 1)
        answer.record = answer.evidence.candidates.front();
    else if (labels.size() == 1 && answer.evidence.candidates.empty())
        answer.note = "label matches no record";
    if (answer.evidence.reason.empty())
        answer.evidence.reason = answer.note;
    return answer;
}

} // namespace crmsync::match
