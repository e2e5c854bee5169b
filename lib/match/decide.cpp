#include "match/decide.hpp"

#include "match/labels_read.hpp"
#include "match/parties.hpp"
#include "match/public_mail.hpp"
#include "match/rules.hpp"
#include "match/stop.hpp"
#include "match/weighing.hpp"

namespace crmsync::match {

namespace {

Decision left_alone(const char* note)
{
    Decision decision;
    decision.note = note;
    return decision;
}

void add_labels(CandidateQuery& query, const std::vector<std::string>& categories,
                const Policy& policy)
{
    for (const std::string& category : categories)
        if (auto label = policy.label_of(category))
            query.labels.insert(std::move(*label));
}

Decision decide_message(const Case& c)
{
    if (c.known.link)
        return decide_linked(c);
    if (c.known.owed && !c.wish.any())
        return decide_owed(c);
    return decide_unlinked(c);
}

} // namespace

CandidateQuery wanted(const Item& item, const Policy& policy)
{
    CandidateQuery query;
    for (const Participant& participant : item.participants.all()) {
        const auto address = parse_address(participant.address);
        if (!address)
            continue;
        query.addresses.insert(*address);
        const Domain domain = address->domain();
        if (!policy.own_domains.contains(domain) && !is_public_mail(domain))
            query.domains.insert(domain);
    }
    if (item.thread.message_id.has_value() && !item.thread.message_id->empty())
        query.message_ids.insert(*item.thread.message_id);
    for (std::string& parent : parents_of(item))
        query.message_ids.insert(std::move(parent));
    if (item.categories.has_value())
        add_labels(query, *item.categories, policy);
    return query;
}

CandidateQuery wanted(const Intent& intent, const Policy& policy)
{
    CandidateQuery query;
    add_labels(query, intent.labels, policy);
    return query;
}

bool asks_crm(const Item& item, const KnownItem& known, const Policy& policy,
              const Circumstances& circumstances)
{
    if (!known.link || circumstances.revisited)
        return true;
    // In review: whether the question is over.
    return known.link->category_seen == StateCategory::review ||
           read_wish(item, known, policy, circumstances).any();
}

Decision decide(const Item& item, const KnownItem& known, const Candidates& candidates,
                const Policy& policy, const Circumstances& circumstances)
{
    if (!std::holds_alternative<Message>(item.detail))
        return left_alone("only messages are tracked");
    if (item.message().draft.value_or(false))
        return decide_draft(item, known, policy, circumstances);

    if (stop_is_unproven(item, known, policy)) {
        Decision decision = left_alone("its transport headers have to be read first");
        decision.needs_header_look = true;
        return decision;
    }
    const Wish wish = read_wish(item, known, policy, circumstances);
    const Case c{item, known, candidates, policy, circumstances, wish};
    Decision decision = decide_message(c);
    decision.stop = read_stop(item, known, policy);
    decision.labels_read = labels_read(decision, c);
    return decision;
}

} // namespace crmsync::match
