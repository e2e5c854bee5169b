#include "support/builders.hpp"

#include <stdexcept>

namespace crmsync::test {

namespace {

std::vector<RecordId> record_ids(const std::vector<int>& numbers)
{
    std::vector<RecordId> ids;
    for (const int n : numbers)
        ids.push_back(record_id(n));
    return ids;
}

/// A test with a mistyped address would otherwise pass for the wrong reason.
Address must_parse(std::string_view text)
{
    auto address = parse_address(text);
    if (!address)
        throw std::invalid_argument("no address: " + std::string(text));
    return *address;
}

} // namespace

Record& CrmBuilder::current() { return candidates_.records.at(current_); }

CrmBuilder& CrmBuilder::record(int n, std::string type, std::string name)
{
    Record record;
    record.id = record_id(n);
    record.type = std::move(type);
    record.external_id = "ext-" + std::to_string(n);
    record.name = std::move(name);
    current_ = record.id;
    candidates_.records.emplace(current_, std::move(record));
    return *this;
}

CrmBuilder& CrmBuilder::holds(std::string_view address)
{
    candidates_.by_address[must_parse(address)].push_back(current().id);
    return *this;
}

CrmBuilder& CrmBuilder::owns(std::string_view domain)
{
    candidates_.by_domain[Domain{std::string(domain)}].push_back(current().id);
    return *this;
}

CrmBuilder& CrmBuilder::numbered(std::string number)
{
    current().number = std::move(number);
    return *this;
}

CrmBuilder& CrmBuilder::under(int parent)
{
    current().parent = record_id(parent);
    return *this;
}

CrmBuilder& CrmBuilder::owned_by(int record)
{
    current().owner = record_id(record);
    return *this;
}

CrmBuilder& CrmBuilder::stored(std::string message_id, int regarding)
{
    StoredMessage stored;
    stored.activity = activity_id(static_cast<int>(candidates_.by_message_id.size()) + 1);
    if (regarding != 0)
        stored.regarding = record_id(regarding);
    message_ = std::move(message_id);
    candidates_.by_message_id[message_] = stored;
    return *this;
}

CrmBuilder& CrmBuilder::removed()
{
    candidates_.by_message_id.at(message_).deleted = true;
    return *this;
}

CrmBuilder& CrmBuilder::linked_here(std::string tracked_by)
{
    candidates_.by_message_id.at(message_).linked_here = std::move(tracked_by);
    return *this;
}

CrmBuilder& CrmBuilder::had_external()
{
    candidates_.by_message_id.at(message_).had_external = true;
    return *this;
}

CrmBuilder& CrmBuilder::mailbox(std::string_view address, int owner)
{
    candidates_.mailbox_owners.emplace(must_parse(address), record_id(owner));
    return *this;
}

CrmBuilder& CrmBuilder::alias(std::string_view address, int owner)
{
    candidates_.owners_by_record.emplace(must_parse(address), record_id(owner));
    return *this;
}

CrmBuilder& CrmBuilder::label_by_number(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_number = record_ids(records);
    return *this;
}

CrmBuilder& CrmBuilder::label_by_name(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_name = record_ids(records);
    return *this;
}

CrmBuilder& CrmBuilder::label_by_prefix(const std::string& folded, std::vector<int> records)
{
    candidates_.by_label[folded].by_prefix = record_ids(records);
    return *this;
}

} // namespace crmsync::test
