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

    /// Adds three questions: records by key, by number, owners by address.
    void ask(pg::Script& script) const;

    /// Refuses bad rows. Goes round until nothing changes: a refused row is no parent for others
    /// and does not give up its number.
    ImportReport check(Timestamp now, const pg::Result& by_key, const pg::Result& by_number,
                       const pg::Result& owners);

    std::size_t good() const { return good_.size(); }

    /// Adds the statements for up to `count` good rows.
    void write(pg::Script& script, std::size_t first, std::size_t count) const;

private:
    struct Entry {
        RecordRow row;
        std::string number_key; ///< empty: none
        std::optional<std::string> refused;
        RecordId id;
    };
    std::optional<std::string> why_refused(const Entry& entry) const;
    bool will_be_there(const RecordKey& key) const;

    std::vector<Entry> entries_;
    std::map<RecordKey, Entry*> in_file_; ///< the first of each key
    std::map<std::string, Entry*> number_in_file_;
    std::map<RecordKey, RecordId> stored_;
    std::map<std::string, RecordKey> number_stored_;
    std::map<std::string, RecordId> owners_;
    std::vector<const Entry*> good_;
};

} // namespace crmsync::store
