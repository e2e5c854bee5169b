#include "sync/attachment_fetcher.hpp"

#include "sync/attachment_policy.hpp"
#include "sync/scanner_placeholder.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace crmsync::sync {

namespace asio = boost::asio;

namespace {

/// Held by all that was fetched together.
struct Room {
    Gate::Permit memory;
    Gate::Permit files;
};

int units(std::int64_t bytes)
{
    return static_cast<int>((bytes + PageLanes::content_unit - 1) / PageLanes::content_unit);
}

asio::awaitable<std::shared_ptr<void>>
enter(const TurnContext& context, const std::vector<AttachmentRef>& refs, std::int64_t max_bytes)
{
    if (!context.lanes)
        co_return nullptr;
    std::int64_t in_memory = 0;
    std::int64_t in_files = 0;
    for (const AttachmentRef& ref : refs) {
        const std::int64_t size = std::clamp<std::int64_t>(ref.size, 0, max_bytes);
        (size > long_content ? in_files : in_memory) += size;
    }
    if (in_files > 0)
        in_memory += long_content; // on its way into the database
    const auto room = std::make_shared<Room>();
    room->memory = co_await context.lanes->memory.enter(std::max(1, units(in_memory)));
    if (in_files > 0)
        room->files = co_await context.lanes->files.enter(units(in_files));
    co_return room;
}

void take(StoredAttachment& row, AttachmentContent content, std::int64_t max_bytes)
{
    const std::int64_t size = content.in_file ? content.in_file->file->size()
                              : content.bytes ? static_cast<std::int64_t>(content.bytes->size())
                                              : 0;
    if (!content.bytes && !content.in_file) {
        row.reason = std::move(content.reason);
        return;
    }
    if (size > max_bytes) {
        row.reason = "size";
        return;
    }
    row.status = "stored";
    row.size = size;
    if (content.in_file) {
        row.sha256 = content.in_file->sha256;
        row.file = std::move(content.in_file->file);
    } else {
        row.sha256 = sha256(*content.bytes);
        row.content = std::move(*content.bytes);
    }
}

} // namespace

Ledger make_ledger(const FetchedBody& fetched, const Settings::Attachments& policy)
{
    Ledger ledger;
    ledger.item_id = fetched.key.id;
    for (const AttachmentHead& head : fetched.attachments) {
        StoredAttachment row;
        row.name = head.name;
        row.content_type = head.content_type;
        row.size = head.size;
        row.status = "skipped";
        if (is_placeholder(head)) {
            row.status = "pending";
            row.reason = "scanner";
        } else {
            row.reason = skip_reason(head, policy);
        }
        if (row.reason.empty()) {
            AttachmentRef ref;
            ref.item_id = fetched.key.id;
            ref.attachment_id = head.id;
            ref.size = head.size;
            ledger.wanted.push_back({ledger.rows.size(), std::move(ref)});
        }
        ledger.rows.push_back(std::move(row));
    }
    return ledger;
}

asio::awaitable<void> fetch_contents(const TurnContext& context, std::vector<Ledger*> ledgers)
{
    const Settings::Attachments& policy = context.rules->settings.attachments;
    std::vector<AttachmentRef> refs;
    for (const Ledger* ledger : ledgers)
        for (const Ledger::Wanted& wanted : ledger->wanted)
            refs.push_back(wanted.ref);
    if (refs.empty())
        co_return;
    const std::shared_ptr<void> room = co_await enter(context, refs, policy.max_bytes);
    ContentLimits limits;
    limits.max_bytes = policy.max_bytes;
    limits.directory = policy.spool_directory;
    std::vector<AttachmentContent> contents =
        co_await context.connector.fetch_attachments(std::move(refs), std::move(limits));

    auto content = contents.begin();
    for (Ledger* ledger : ledgers)
        for (const Ledger::Wanted& wanted : std::exchange(ledger->wanted, {})) {
            StoredAttachment& row = ledger->rows[wanted.row];
            const bool nothing = !content->bytes && !content->in_file;
            ledger->unavailable = ledger->unavailable || (nothing && content->transient);
            ledger->purged = ledger->purged || content->reason == "purged";
            take(row, std::move(*content++), policy.max_bytes);
            row.room = room;
        }
}

} // namespace crmsync::sync
