#include "sync/body_fetcher.hpp"

#include "sync/attachment_fetcher.hpp"
#include "sync/make_plan.hpp"

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Contents that may be there later are, but not for ever: the last attempt stores the message
/// without them.
bool worth_waiting_for(const Ledger& ledger, const Decided& decided)
{
    return ledger.unavailable && decided.known.park_attempts < park_attempts - 1;
}

BodyRefused unavailable()
{
    BodyRefused refused;
    refused.failure = "item.attachment_unavailable";
    refused.message = "the contents of an attachment cannot be had now";
    refused.transient = true;
    return refused;
}

/// An attachment that was listed and is not there any more: somebody edited the message after its
/// body was read. Contents are asked for by ids that were listed with the body, and what is put in
/// the place of an attachment has another id; so this is the only case in which body and
/// attachments may be of two versions, and the only one in which a look is made.
asio::awaitable<std::vector<std::optional<Item>>>
look_at_edited(const TurnContext& context, const std::vector<Decided>& accepted,
               const std::vector<std::size_t>& edited)
{
    std::vector<ItemKey> keys;
    for (const std::size_t index : edited)
        keys.push_back(accepted[index].item.key);
    co_return co_await context.connector.look_up(std::move(keys));
}

} // namespace

asio::awaitable<std::vector<Phase2>> fetch_accepted(const TurnContext& context,
                                                    const std::vector<Decided>& accepted)
{
    std::vector<ItemKey> keys;
    for (const Decided& decided : accepted)
        keys.push_back(decided.item.key);
    std::vector<BodyAnswer> answers = co_await context.connector.fetch(std::move(keys));

    const Settings::Attachments& policy = context.rules->settings.attachments;
    std::vector<Phase2> phase2;
    std::vector<Ledger> ledgers(answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (std::holds_alternative<Gone>(answers[i])) {
            phase2.emplace_back(Gone());
            continue;
        }
        if (auto* refused = std::get_if<BodyRefused>(&answers[i])) {
            phase2.emplace_back(std::move(*refused));
            continue;
        }
        if (auto* later = std::get_if<Deferred>(&answers[i])) {
            phase2.emplace_back(std::move(*later));
            continue;
        }
        auto& body = std::get<FetchedBody>(answers[i]);
        if (!accepted[i].item.version.has_value() || body.version != *accepted[i].item.version) {
            phase2.emplace_back(Outdated());
            continue;
        }
        ledgers[i] = make_ledger(body, policy);
        Fetched fetched;
        fetched.body = std::move(body);
        phase2.emplace_back(std::move(fetched));
    }

    std::vector<Ledger*> all;
    for (Ledger& ledger : ledgers)
        all.push_back(&ledger);
    co_await fetch_contents(context, std::move(all));

    std::vector<std::size_t> edited;
    for (std::size_t i = 0; i < phase2.size(); ++i) {
        auto* fetched = std::get_if<Fetched>(&phase2[i]);
        if (!fetched)
            continue;
        if (ledgers[i].purged)
            edited.push_back(i);
        if (worth_waiting_for(ledgers[i], accepted[i]))
            phase2[i] = unavailable();
        else
            fetched->attachments = std::move(ledgers[i].rows);
    }
    if (edited.empty())
        co_return phase2;
    const auto looks = co_await look_at_edited(context, accepted, edited);
    for (std::size_t i = 0; i < edited.size(); ++i) {
        if (!looks[i])
            phase2[edited[i]] = Gone();
        else if (looks[i]->version.value_or(Version()) != *accepted[edited[i]].item.version)
            phase2[edited[i]] = Outdated();
    }
    co_return phase2;
}

} // namespace crmsync::sync
