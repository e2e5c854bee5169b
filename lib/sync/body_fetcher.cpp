#include "sync/body_fetcher.hpp"

#include "sync/attachment_policy.hpp"
#include "sync/make_plan.hpp"

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// An attachment to fetch: which answer it belongs to and its place there.
struct Wanted {
    std::size_t answer;
    std::size_t attachment;
};

StoredAttachment ledger_row(const AttachmentHead& head, const Settings::Attachments& policy)
{
    StoredAttachment row;
    row.name = head.name;
    row.content_type = head.content_type;
    row.size = head.size;
    row.status = "skipped";
    row.reason = skip_reason(head, policy);
    return row;
}

void store_content(StoredAttachment& row, AttachmentContent content,
                   const Settings::Attachments& policy)
{
    if (!content.bytes) {
        row.reason = content.reason;
        return;
    }
    if (static_cast<std::int64_t>(content.bytes->size()) > policy.max_bytes) {
        row.reason = "size";
        return;
    }
    row.status = "stored";
    row.size = static_cast<std::int64_t>(content.bytes->size());
    row.sha256 = sha256(*content.bytes);
    row.content = std::move(*content.bytes);
}

/// Contents that may be there later are, but not for ever: the last attempt stores the message
/// without them.
bool worth_waiting_for(const AttachmentContent& content, const Decided& decided)
{
    return !content.bytes && content.transient && decided.known.park_attempts < park_attempts - 1;
}

BodyRefused unavailable()
{
    BodyRefused refused;
    refused.failure = "item.attachment_unavailable";
    refused.message = "the contents of an attachment cannot be had now";
    refused.transient = true;
    return refused;
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
    std::vector<AttachmentRef> refs;
    std::vector<Wanted> wanted;
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
        Fetched fetched;
        for (const AttachmentHead& head : body.attachments) {
            StoredAttachment row = ledger_row(head, policy);
            if (row.reason.empty()) {
                AttachmentRef ref;
                ref.item_id = body.key.id;
                ref.attachment_id = head.id;
                ref.size = head.size;
                refs.push_back(std::move(ref));
                wanted.push_back(Wanted{i, fetched.attachments.size()});
            }
            fetched.attachments.push_back(std::move(row));
        }
        fetched.body = std::move(body);
        phase2.emplace_back(std::move(fetched));
    }

    if (!refs.empty()) {
        std::vector<AttachmentContent> contents =
            co_await context.connector.fetch_attachments(std::move(refs), policy.max_bytes);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            Phase2& answer = phase2[wanted[i].answer];
            auto* fetched = std::get_if<Fetched>(&answer);
            if (!fetched)
                continue; // another attachment of the item was not to be had
            if (worth_waiting_for(contents[i], accepted[wanted[i].answer]))
                answer = unavailable();
            else
                store_content(fetched->attachments[wanted[i].attachment], std::move(contents[i]),
                              policy);
        }
    }
    co_return phase2;
}

} // namespace crmsync::sync
