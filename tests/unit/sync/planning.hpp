#pragma once

#include "support/builders.hpp"
#include "sync/make_plan.hpp"

#include <string>
#include <utility>

namespace crmsync::test {

/// Kim's mailbox at Contoso on a Monday morning, and what planning asks of its surroundings.
struct Planning {
    Planning()
    {
        mailbox.id = MailboxId(1);
        mailbox.address = *parse_address("kim@contoso.example");
        mailbox.owner = record_id(90);
    }

    sync::PlanFacts facts() const { return {mailbox, *rules, hash, now}; }

    Plan decided(const sync::Decided& one) const
    {
        Plan plan;
        sync::plan_decided(plan, one, facts());
        return plan;
    }
    Plan tracked(const sync::Decided& one, std::string body = "Hello",
                 const Candidates& candidates = {}) const
    {
        Plan plan;
        sync::Fetched fetched;
        fetched.body.body = std::move(body);
        sync::plan_tracked(plan, one, std::move(fetched), candidates, facts());
        return plan;
    }
    Plan parked(const sync::Decided& one, bool transient) const
    {
        Plan plan;
        sync::plan_parked(plan, one, "graph.item_corrupt", transient, facts());
        return plan;
    }

    static Settings settings()
    {
        Settings made;
        made.tracking.own_domains = {"contoso.example"};
        return made;
    }

    Mailbox mailbox;
    std::shared_ptr<const sync::PolicySnapshot> rules = sync::make_snapshot(settings());
    PrivateHash hash{"secret of the installation"};
    Timestamp now = monday(10);
};

inline sync::Decided decided(Item item, Decision decision, KnownItem known = {})
{
    sync::Decided one;
    one.item = std::move(item);
    one.decision = std::move(decision);
    one.known = std::move(known);
    one.input_hmac = sha256("what the decision was made from");
    return one;
}

inline Decision decision(Outcome outcome, Rule rule = Rule::none)
{
    Decision made;
    made.outcome = outcome;
    made.rule = rule;
    return made;
}

/// A person's CRM Track, accepted and to be answered.
inline Decision hand_tag()
{
    Decision made = decision(Outcome::tracked, Rule::hand_tag);
    made.by_person = true;
    made.writes_answer = true;
    made.answer.state = StateCategory::tracked;
    return made;
}

} // namespace crmsync::test
