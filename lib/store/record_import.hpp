#pragma once

#include "pg/connection.hpp"
#include "store/records.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crmsync::store {

/// One import of records: asks what is there, finds the rows that cannot go in, writes the others.
class RecordImport {
public:
    explicit RecordImport(std::vector<RecordRow> rows);

    /// Adds four questions: records by key, by number, owners by address, made users by address.
    void ask(pg::Script& script) const;

    /// Refuses bad rows. Goes round until nothing changes: a refused row is no parent for others
    /// and does not give up its number.
    ImportReport check(Timestamp now, const pg::Result& by_key, const pg::Result& by_number,
                       const pg::Result& owners, const pg::Result& made_users);

    std::size_t good() const { return good_.size(); }

    /// Adds the statements for up to `count` good rows.
    void write(pg::Script& script, std::size_t first, std::size_t count) const;

private:
    struct Entry {
        RecordRow row;
        std::string number_key; ///< empty: none
        std::optional<std::string> refused;
        RecordId id;
        bool takes_over = false; ///< the user that was made for a mailbox with its address
    };
    std::optional<std::string> why_refused(const Entry& entry) const;
    bool will_be_there(const RecordKey& key) const;
    std::optional<RecordId> take_made_user(const RecordRow& row);

    std::vector<Entry> entries_;
    std::map<RecordKey, Entry*> in_file_; ///< the first of each key
    std::map<std::string, Entry*> number_in_file_;
    std::map<RecordKey, RecordId> stored_;
    std::map<std::string, RecordKey> number_stored_;
    std::map<std::string, RecordId> owners_;
    std::map<std::string, RecordId> made_users_; ///< by address
    std::vector<const Entry*> good_;
};

} // namespace crmsync::store
