#include "store/labels.hpp"

#include "base/text.hpp"
#include "store/columns.hpp"
#include "store/label_key.hpp"
#include "store/statements.hpp"
#include "store/transaction.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>
#include <utility>

namespace crmsync::store {

namespace asio = boost::asio;

namespace {

LabelState label_state(std::string_view word)
{
    for (const LabelState state : {LabelState::adding, LabelState::listed, LabelState::theirs,
                                   LabelState::removing, LabelState::gone})
        if (word == to_string(state))
            return state;
    throw std::logic_error(fmt::format("'{}' is no state of sync.published_label", word));
}

} // namespace

std::string_view to_string(LabelState state)
{
    switch (state) {
    case LabelState::adding:
        return "adding";
    case LabelState::listed:
        return "listed";
    case LabelState::theirs:
        return "theirs";
    case LabelState::removing:
        return "removing";
    case LabelState::gone:
        return "gone";
    }
    return "";
}

asio::awaitable<std::vector<LabelledRecord>> Labels::wanted(MailboxId mailbox, int limit)
{
    const pg::Result rows = co_await pool_.run(sql::wanted_labels, params(mailbox, limit));
    std::vector<LabelledRecord> records;
    for (int row = 0; row < rows.rows(); ++row) {
        LabelledRecord& record = records.emplace_back();
        record.id = RecordId(rows.get<Uuid>(row, 0));
        record.name = rows.get<std::string>(row, 1);
        record.number = rows.get<std::optional<std::string>>(row, 2);
        record.name_is_shared = rows.get<bool>(row, 3);
    }
    co_return records;
}

asio::awaitable<std::vector<PublishedLabel>> Labels::published(MailboxId mailbox)
{
    const pg::Result rows = co_await pool_.run(sql::published_labels, params(mailbox));
    std::vector<PublishedLabel> labels;
    for (int row = 0; row < rows.rows(); ++row) {
        PublishedLabel& label = labels.emplace_back();
        label.category = rows.get<std::string>(row, 0);
        label.label = rows.get<std::string>(row, 1);
        label.record = RecordId(rows.get<Uuid>(row, 2));
        label.state = label_state(rows.get<std::string_view>(row, 3));
    }
    co_return labels;
}

asio::awaitable<void> Labels::write(Fence fence, std::vector<PublishedLabel> labels)
{
    if (labels.empty())
        co_return;
    std::vector<std::string> keys, categories, texts;
    std::vector<std::string_view> states;
    std::vector<Uuid> records;
    for (PublishedLabel& label : labels) {
        keys.push_back(name_key(label.category));
        categories.push_back(std::move(label.category));
        texts.push_back(std::move(label.label));
        records.push_back(label.record.value);
        states.push_back(to_string(label.state));
    }
    // Not repeatable: what the list is told next must not be forgotten by a crash.
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::write_labels, params(fence.mailbox, keys, categories, texts, records, states));
    co_await complete(*connection, std::move(script));
}

asio::awaitable<void> Labels::carried_out(Fence fence, LabelState state)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = repeatable_transaction(fence);
    script.add(sql::labels_carried_out, params(fence.mailbox, to_string(state)));
    co_await complete(*connection, std::move(script));
}

asio::awaitable<void> Labels::ask_later(Fence fence, Timestamp due_at)
{
    const auto connection = co_await pool_.acquire();
    pg::Script script = transaction(fence);
    script.add(sql::ask_for_labels_later, params(fence.mailbox, due_at));
    co_await complete(*connection, std::move(script));
}

asio::awaitable<PinChange> Labels::change_pin(pg::Statement change, RecordId user, RecordId record)
{
    const std::vector<Uuid> owners{user.value};
    pg::Script script = transaction();
    script.add(change, params(user, record));
    script.add(sql::ask_for_labels_of_owners, params(owners));
    const auto connection = co_await pool_.acquire();
    const std::vector<pg::Result> results = co_await complete(*connection, std::move(script));
    PinChange made;
    made.news = results[1].affected() > 0;
    for (int row = 0; row < results[2].rows(); ++row)
        made.mailboxes.emplace_back(results[2].get<std::int64_t>(row, 0));
    co_return made;
}

asio::awaitable<PinChange> Labels::pin(RecordId user, RecordId record)
{
    return change_pin(sql::pin_record, user, record);
}

asio::awaitable<PinChange> Labels::unpin(RecordId user, RecordId record)
{
    return change_pin(sql::unpin_record, user, record);
}

asio::awaitable<void> find_published(pg::Connection& connection, MailboxId mailbox,
                                     const std::set<std::string>& labels, Candidates& found)
{
    std::map<std::string, std::vector<std::string>> asked; ///< compared form → as asked
    for (const std::string& label : labels)
        if (std::string key = label_key(label); !key.empty())
            asked[std::move(key)].push_back(label);
    std::vector<std::string> keys;
    for (const auto& [key, spelled] : asked)
        keys.push_back(key);
    if (keys.empty())
        co_return;
    const pg::Result rows =
        co_await connection.run(sql::candidates_by_published, params(mailbox, keys));
    for (int row = 0; row < rows.rows(); ++row) {
        Record record = read_record(rows, row, 1);
        for (const std::string& label : asked.at(rows.get<std::string>(row, 0)))
            found.by_label[label].published = {record.id};
        found.records.insert_or_assign(record.id, std::move(record));
    }
}

} // namespace crmsync::store
