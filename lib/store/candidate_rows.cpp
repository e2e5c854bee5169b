#include "store/candidate_rows.hpp"

#include "model/plan.hpp"
#include "store/columns.hpp"
#include "store/label_key.hpp"
#include "store/statements.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace crmsync::store {
namespace {

constexpr int last_reuse = 8; ///< of a Message-ID: keys n = 0 … 8

pg::Bytes message_key(const std::string& message_id, int n)
{
    Identity identity;
    identity.text = message_id;
    return pg::to_bytes(identity_key(identity, n));
}

/// Key → Message-ID, to read answers by.
using Keys = std::map<std::string, std::string>;

pg::Params keys_of(const Keys& keys)
{
    std::vector<pg::Bytes> values;
    values.reserve(keys.size());
    for (const auto& [key, message_id] : keys)
        values.push_back({key});
    return params(values);
}

template <class Texts>
pg::Params texts_of(const Texts& texts)
{
    std::vector<std::string> values;
    values.reserve(texts.size());
    for (const auto& text : texts)
        values.push_back(text.text);
    return params(values);
}

void read_addresses(const pg::Result& rows, Candidates& found)
{
    for (int row = 0; row < rows.rows(); ++row) {
        Record record = read_record(rows, row, 1);
        Address address;
        address.text = rows.get<std::string>(row, 0);
        found.by_address[std::move(address)].push_back(record.id);
        found.records.insert_or_assign(record.id, std::move(record));
    }
}

void read_domains(const pg::Result& rows, Candidates& found)
{
    for (int row = 0; row < rows.rows(); ++row) {
        Record record = read_record(rows, row, 1);
        Domain domain;
        domain.text = rows.get<std::string>(row, 0);
        found.by_domain[std::move(domain)].push_back(record.id);
        found.records.insert_or_assign(record.id, std::move(record));
    }
}

StoredMessage read_message(const pg::Result& rows, int row, Candidates& found)
{
    StoredMessage message;
    message.activity = ActivityId(rows.get<Uuid>(row, 1));
    message.regarding = optional_id<RecordId>(rows, row, 2);
    message.regarding_by_person = rows.get<bool>(row, 3);
    message.deleted = rows.get<bool>(row, 4);
    message.had_external = rows.get<bool>(row, 5);
    auto& [from, at] = message.sent.emplace();
    from = read_digest(rows, row, 6);
    at = rows.get<Timestamp>(row, 7);
    message.owner = read_claim(rows, row, 16);
    if (optional_id<RecordId>(rows, row, 8)) {
        Record record = read_record(rows, row, 8);
        found.records.insert_or_assign(record.id, std::move(record));
    }
    return message;
}

void read_messages(const pg::Result& rows, const Keys& keys, Candidates& found)
{
    for (int row = 0; row < rows.rows(); ++row) {
        StoredMessage message = read_message(rows, row, found);
        const std::string& message_id = keys.at(rows.get<pg::Bytes>(row, 0).value);
        const auto [at, fresh] = found.by_message_id.try_emplace(message_id, message);
        if (fresh)
            continue;
        // Of a Message-ID used twice a living message counts before a tombstone.
        if (at->second.deleted && !message.deleted)
            std::swap(at->second, message);
        found.reused[message_id].push_back(std::move(message));
    }
}

void read_owners(const pg::Result& rows, std::map<Address, RecordId>& owners)
{
    for (int row = 0; row < rows.rows(); ++row) {
        Address address;
        address.text = rows.get<std::string>(row, 0);
        owners.emplace(std::move(address), rows.get<Uuid>(row, 1));
    }
}

void read_labels(const pg::Result& rows,
                 const std::map<std::string, std::vector<std::string>>& asked, Candidates& found)
{
    for (int row = 0; row < rows.rows(); ++row) {
        Record record = read_record(rows, row, 2);
        const int how = rows.get<int>(row, 1);
        for (const std::string& label : asked.at(rows.get<std::string>(row, 0))) {
            LabelHits& hits = found.by_label[label];
            auto& list = how == 1 ? hits.by_number : how == 2 ? hits.by_name : hits.by_prefix;
            list.push_back(record.id);
        }
        found.records.insert_or_assign(record.id, std::move(record));
    }
}

} // namespace

boost::asio::awaitable<Candidates> find_candidates(pg::Connection& connection,
                                                   const CandidateQuery& query)
{
    Candidates found;
    pg::Script script;
    if (!query.addresses.empty()) {
        script.add(sql::candidates_by_address, texts_of(query.addresses));
        script.add(sql::mailbox_owners, texts_of(query.addresses));
        script.add(sql::owners_by_record, texts_of(query.addresses));
    }
    if (!query.domains.empty())
        script.add(sql::candidates_by_domain, texts_of(query.domains));

    Keys keys;
    for (const std::string& message_id : query.message_ids)
        keys.emplace(message_key(message_id, 0).value, message_id);
    if (!keys.empty())
        script.add(sql::candidates_by_identity, keys_of(keys));

    std::map<std::string, std::vector<std::string>> labels; ///< compared form → as asked
    std::vector<std::string> label_keys;
    for (const std::string& label : query.labels)
        if (std::string key = label_key(label); !key.empty())
            labels[std::move(key)].push_back(label);
    for (const auto& [key, asked] : labels)
        label_keys.push_back(key);
    if (!labels.empty())
        script.add(sql::candidates_by_label, params(label_keys));
    if (script.size() == 0)
        co_return found;

    const std::vector<pg::Result> results = co_await connection.run(std::move(script));
    auto result = results.begin();
    if (!query.addresses.empty()) {
        read_addresses(*result++, found);
        read_owners(*result++, found.mailbox_owners);
        read_owners(*result++, found.owners_by_record);
    }
    if (!query.domains.empty())
        read_domains(*result++, found);
    if (!keys.empty())
        read_messages(*result++, keys, found);
    if (!labels.empty())
        read_labels(*result++, labels, found);

    std::set<std::string> tombstones;
    for (const auto& [message_id, message] : found.by_message_id)
        if (message.deleted)
            tombstones.insert(message_id);
    co_await find_reused(connection, tombstones, found);
    co_return found;
}

boost::asio::awaitable<void>
find_reused(pg::Connection& connection, const std::set<std::string>& message_ids, Candidates& found)
{
    // The keys of one Message-ID have no hole, so only one that was found can have a second.
    Keys keys;
    for (const std::string& message_id : message_ids)
        for (int n = 1; n <= last_reuse && !found.reused.contains(message_id); ++n)
            keys.emplace(message_key(message_id, n).value, message_id);
    if (keys.empty())
        co_return;
    const pg::Result rows = co_await connection.run(sql::candidates_by_identity, keys_of(keys));
    read_messages(rows, keys, found);
}

boost::asio::awaitable<void> find_links_here(pg::Connection& connection, MailboxId mailbox,
                                             const std::set<std::string>& message_ids,
                                             Candidates& found)
{
    std::map<Uuid, std::vector<StoredMessage*>> asked;
    for (const std::string& message_id : message_ids) {
        StoredMessage& first = found.by_message_id.at(message_id);
        asked[first.activity.value].push_back(&first);
        if (const auto others = found.reused.find(message_id); others != found.reused.end())
            for (StoredMessage& other : others->second)
                asked[other.activity.value].push_back(&other);
    }
    std::vector<Uuid> ids;
    for (const auto& [id, messages] : asked)
        ids.push_back(id);
    const pg::Result rows = co_await connection.run(sql::links_here, params(mailbox, ids));
    for (int row = 0; row < rows.rows(); ++row)
        for (StoredMessage* message : asked.at(rows.get<Uuid>(row, 0)))
            message->linked_here = rows.get<std::string>(row, 1);
}

} // namespace crmsync::store
