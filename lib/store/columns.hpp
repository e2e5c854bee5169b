#pragma once

#include "base/strong.hpp"
#include "model/owner_claim.hpp"
#include "model/record.hpp"
#include "model/write_back.hpp"
#include "pg/params.hpp"
#include "pg/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crmsync::store {

/// What a strong id holds; everything else as it is.
template <class T>
const T& plain(const T& value)
{
    return value;
}
template <class T, class Tag>
const T& plain(const Strong<T, Tag>& id)
{
    return id.value;
}
template <class T, class Tag>
std::optional<T> plain(const std::optional<Strong<T, Tag>>& id)
{
    if (!id)
        return std::nullopt;
    return id->value;
}

/// The parameters of a statement, in order.
template <class... T>
pg::Params params(const T&... values)
{
    pg::Params all;
    (all.add(plain(values)), ...);
    return all;
}

/// A column of ids, null where there is none.
template <class Id>
std::optional<Id> optional_id(const pg::Result& result, int row, int column)
{
    using Value = decltype(Id::value);
    auto value = result.get<std::optional<Value>>(row, column);
    if (!value)
        return std::nullopt;
    return Id(std::move(*value));
}

/// A column of digests.
Sha256 read_digest(const pg::Result& result, int row, int column);

/// Columns id, type, external_id, name, number, parent_id, owner_id, state from `first` on.
Record read_record(const pg::Result& result, int row, int first);

/// Columns owner, time and address of a claim from `first` on; nothing where there is no owner.
std::optional<OwnerClaim> read_claim(const pg::Result& result, int row, int first);

/// The words of the database. A word that is none of them is a mistake of ours: std::logic_error.
RecordState record_state(std::string_view word);
StateCategory state_category(std::string_view word);

/// DesiredCategories as sync.write_back keeps them.
pg::Json to_json(const DesiredCategories& desired);
DesiredCategories desired_categories(std::string_view json);
pg::Json to_json(const std::vector<std::string>& texts);

/// Text as PostgreSQL takes it. Providers' JSON is valid UTF-8 already, but may hold a NUL.
std::string storable(std::string text);

} // namespace crmsync::store
