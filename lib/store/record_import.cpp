#include "store/record_import.hpp"

#include "base/text.hpp"
#include "store/columns.hpp"
#include "store/label_key.hpp"
#include "store/statements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace crmsync::store {

RecordImport::RecordImport(std::vector<RecordRow> rows)
{
    entries_.reserve(rows.size());
    for (RecordRow& row : rows) {
        Entry& entry = entries_.emplace_back();
        entry.row = std::move(row);
        if (entry.row.number.has_value())
            entry.number_key = label_key(*entry.row.number);
        if (!in_file_.emplace(entry.row.key, &entry).second)
            entry.refused = fmt::format("{} \"{}\" came in an earlier line already",
                                        entry.row.key.type, entry.row.key.external_id);
        else if (!entry.number_key.empty())
            number_in_file_.emplace(entry.number_key, &entry);
    }
}

void RecordImport::ask(pg::Script& script) const
{
    std::vector<std::string> types, external_ids, numbers, owners, users;
    const auto ask_for = [&](const RecordKey& key) {
        types.push_back(key.type);
        external_ids.push_back(key.external_id);
    };
    for (const Entry& entry : entries_) {
        ask_for(entry.row.key);
        if (entry.row.parent.has_value())
            ask_for(*entry.row.parent);
        if (!entry.number_key.empty())
            numbers.push_back(entry.number_key);
        if (entry.row.owner.has_value())
            owners.push_back(entry.row.owner->text);
        if (entry.row.key.type == "user" && entry.row.addresses.has_value())
            for (const Address& address : *entry.row.addresses)
                users.push_back(address.text);
    }
    script.add(sql::records_by_key, params(types, external_ids));
    script.add(sql::records_by_number, params(numbers));
    script.add(sql::owners_by_address, params(owners));
    script.add(sql::made_users, params(users));
}

bool RecordImport::will_be_there(const RecordKey& key) const
{
    if (stored_.contains(key))
        return true;
    const auto found = in_file_.find(key);
    return found != in_file_.end() && !found->second->refused;
}

std::optional<std::string> RecordImport::why_refused(const Entry& entry) const
{
    const RecordRow& row = entry.row;
    if (row.parent.has_value()) {
        if (*row.parent == row.key)
            return "it names itself as its parent";
        if (!will_be_there(*row.parent))
            return fmt::format("its parent {} \"{}\" is unknown", row.parent->type,
                               row.parent->external_id);
    }
    if (row.owner.has_value() && !owners_.contains(row.owner->text))
        return fmt::format("its owner {} is no user's or team's address", row.owner->text);
    if (entry.number_key.empty())
        return std::nullopt;
    if (const auto other = number_in_file_.find(entry.number_key);
        other != number_in_file_.end() && other->second != &entry)
        return fmt::format("the number {} stands in an earlier line already", *row.number);
    const auto holder = number_stored_.find(entry.number_key);
    if (holder == number_stored_.end() || holder->second == row.key)
        return std::nullopt;
    // Another record has it, unless this import gives that one another number.
    const auto gives_up = in_file_.find(holder->second);
    if (gives_up != in_file_.end() && !gives_up->second->refused &&
        gives_up->second->row.number.said() && gives_up->second->number_key != entry.number_key)
        return std::nullopt;
    return fmt::format("the number {} belongs to {} \"{}\"", *row.number, holder->second.type,
                       holder->second.external_id);
}

/// Once: a second row with the address is another user.
std::optional<RecordId> RecordImport::take_made_user(const RecordRow& row)
{
    if (row.key.type != "user" || !row.addresses.has_value())
        return std::nullopt;
    for (const Address& address : *row.addresses) {
        // A row of the file that has the address as its external id is nearer.
        if (in_file_.contains(RecordKey{"user", address.text}))
            continue;
        if (const auto made = made_users_.extract(address.text))
            return made.mapped();
    }
    return std::nullopt;
}

ImportReport RecordImport::check(Timestamp now, const pg::Result& by_key,
                                 const pg::Result& by_number, const pg::Result& owners,
                                 const pg::Result& made_users)
{
    const auto key_at = [](const pg::Result& rows, int row, int column) {
        return RecordKey{rows.get<std::string>(row, column),
                         rows.get<std::string>(row, column + 1)};
    };
    for (int row = 0; row < by_key.rows(); ++row)
        stored_.emplace(key_at(by_key, row, 0), RecordId(by_key.get<Uuid>(row, 2)));
    for (int row = 0; row < by_number.rows(); ++row)
        number_stored_.emplace(by_number.get<std::string>(row, 0), key_at(by_number, row, 1));
    for (int row = 0; row < owners.rows(); ++row)
        owners_.emplace(owners.get<std::string>(row, 0), RecordId(owners.get<Uuid>(row, 1)));
    for (int row = 0; row < made_users.rows(); ++row)
        made_users_.emplace(made_users.get<std::string>(row, 0),
                            RecordId(made_users.get<Uuid>(row, 1)));

    // Each round refuses at least one row or is the last.
    for (bool changed = true; changed;) {
        changed = false;
        for (Entry& entry : entries_) {
            if (entry.refused)
                continue;
            entry.refused = why_refused(entry);
            changed = changed || entry.refused;
        }
    }

    ImportReport report;
    for (Entry& entry : entries_) {
        if (entry.refused) {
            report.refused.push_back({entry.row.line, *entry.refused});
            continue;
        }
        std::optional<RecordId> known;
        if (const auto stored = stored_.find(entry.row.key); stored != stored_.end())
            known = stored->second;
        else if ((known = take_made_user(entry.row)))
            entry.takes_over = true;
        entry.id = known ? *known : RecordId(make_uuid(now));
        ++(known ? report.changed : report.added);
        good_.push_back(&entry);
    }
    return report;
}

void RecordImport::write(pg::Script& script, std::size_t first, std::size_t count) const
{
    std::vector<Uuid> ids;
    std::vector<std::string> types, external_ids, names, labels;
    std::vector<bool> says_number, says_parent, says_owner;
    std::vector<std::optional<std::string>> numbers, number_keys, states;
    std::vector<std::optional<Uuid>> parents, owners;
    std::vector<pg::Json> fields;
    std::vector<Uuid> said_ids, address_ids, renamed_ids;
    std::vector<std::string> said_kinds, address_kinds, addresses, new_external_ids;

    const std::size_t end = std::min(first + count, good_.size());
    for (std::size_t i = first; i < end; ++i) {
        const Entry& entry = *good_[i];
        const RecordRow& row = entry.row;
        ids.push_back(entry.id.value);
        types.push_back(row.key.type);
        external_ids.push_back(row.key.external_id);
        if (entry.takes_over) {
            renamed_ids.push_back(entry.id.value);
            new_external_ids.push_back(row.key.external_id);
        }
        names.push_back(row.name);
        labels.push_back(label_key(row.name));
        says_number.push_back(row.number.said());
        const bool numbered = !entry.number_key.empty();
        numbers.push_back(numbered ? std::optional(*row.number) : std::nullopt);
        number_keys.push_back(numbered ? std::optional(entry.number_key) : std::nullopt);
        says_parent.push_back(row.parent.said());
        std::optional<Uuid>& parent = parents.emplace_back();
        if (row.parent.has_value()) {
            const auto stored = stored_.find(*row.parent);
            parent =
                stored != stored_.end() ? stored->second.value : in_file_.at(*row.parent)->id.value;
        }
        says_owner.push_back(row.owner.said());
        std::optional<Uuid>& owner = owners.emplace_back();
        if (row.owner.has_value())
            owner = owners_.at(row.owner->text).value;
        std::optional<std::string>& state = states.emplace_back();
        if (row.state.has_value())
            state = *row.state == RecordState::open ? "open" : "closed";
        fields.push_back({row.fields_json});

        const auto add_addresses = [&](const auto& said, std::string_view kind) {
            if (!said.said())
                return;
            said_ids.push_back(entry.id.value);
            said_kinds.emplace_back(kind);
            if (!said.has_value())
                return;
            for (const auto& address : *said) {
                address_ids.push_back(entry.id.value);
                address_kinds.emplace_back(kind);
                addresses.push_back(address.text);
            }
        };
        add_addresses(row.addresses, "email");
        add_addresses(row.domains, "domain");
    }
    script.add(sql::ask_for_labels_of_import,
               params(ids, types, names, says_number, numbers, says_owner, owners, states));
    script.add(sql::rename_records, params(renamed_ids, new_external_ids));
    script.add(sql::upsert_records,
               params(ids, types, external_ids, names, labels, says_number, numbers, number_keys,
                      says_parent, parents, says_owner, owners, states, fields));
    script.add(sql::remove_record_addresses,
               params(said_ids, said_kinds, address_ids, address_kinds, addresses));
    script.add(sql::insert_record_addresses, params(address_ids, address_kinds, addresses));
}

} // namespace crmsync::store
