#pragma once

#include "model/address.hpp"
#include "model/record.hpp"
#include "model/said.hpp"
#include "pg/pool.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// How an importing system names a record.
struct RecordKey {
    std::string type;
    std::string external_id;
    friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
    friend bool operator==(const RecordKey&, const RecordKey&) = default;
};

/// One row of an import. What it does not say stays as it is; what it says to be empty is cleared.
struct RecordRow {
    std::int64_t line = 0; ///< for the caller's messages
    RecordKey key;
    std::string name;
    Said<std::string> number;
    Said<RecordKey> parent;
    Said<Address> owner; ///< a user's or team's address
    Said<RecordState> state;
    Said<std::vector<Address>> addresses;
    Said<std::vector<Domain>> domains;
    std::string fields_json = "{}"; ///< merged into what is there
};

/// Why a row did not go in.
struct RefusedRow {
    std::int64_t line = 0;
    std::string reason; ///< a sentence for the importing person
};

struct ImportReport {
    std::int64_t added = 0;
    std::int64_t changed = 0; ///< were there before
    std::vector<RefusedRow> refused;
};

struct FoundRecord {
    Record record;
    std::vector<std::string> addresses; ///< and domains
    std::string fields_json;            ///< an object: the further columns of the import
};

struct FoundUser {
    RecordId id;
    bool created = false;
};

struct FoundTeam {
    RecordId id;
    std::string external_id;
};

/// store.record: the records items can belong to, and their addresses.
class Records {
public:
    explicit Records(pg::Pool& pool) : pool_(pool) {}

    /// Adds or changes by (type, external_id), all good rows in one transaction. A row is refused,
    /// without harm to the others, when its number is another record's, its parent or owner is
    /// unknown (a parent may be in the same import), or the same key came before. A user made for
    /// a mailbox becomes the first that comes with its address.
    boost::asio::awaitable<ImportReport> import(std::vector<RecordRow> rows);

    /// By number, external id, address or the beginning of the name; then by any part of the name.
    boost::asio::awaitable<std::vector<FoundRecord>> find(std::string text, int limit = 50);
    boost::asio::awaitable<std::optional<Record>> by_id(RecordId id);
    boost::asio::awaitable<std::optional<Record>> by_number(std::string number);

    /// The user holding the address; one is made, with the address as its name, where there is
    /// none.
    boost::asio::awaitable<FoundUser> find_or_create_user(Address address);
    /// A user or team by address, external id or number.
    boost::asio::awaitable<std::optional<RecordId>> find_owner(std::string text);
    /// Open teams by external id; where none has it, by address or name.
    boost::asio::awaitable<std::vector<FoundTeam>> find_teams(std::string text);

private:
    pg::Pool& pool_;
};

/// The same within a transaction.
boost::asio::awaitable<FoundUser> find_or_create_user(pg::Connection& connection, Address address);

} // namespace crmsync::store
