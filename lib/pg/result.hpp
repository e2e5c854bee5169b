#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>

namespace crmsync::pg {

/// Rows of one statement. Columns are read on demand, by position, as T: bool, int, int64_t,
/// double, std::string, std::string_view, Uuid, Timestamp, Bytes, std::vector<std::string>
/// (text[]), std::vector<Uuid>, std::vector<std::int64_t>, or std::optional of one. Reading a null
/// as a T that is not optional, or text that is no T, is a programming mistake: it throws
/// std::logic_error naming statement and column.
class Result {
public:
    Result() = default;
    Result(PGresult* result, std::string statement);

    int rows() const;
    bool empty() const { return rows() == 0; }
    std::int64_t affected() const;   ///< rows touched, from the command tag
    std::string command_tag() const; ///< "COMMIT", "INSERT 0 3"

    template <class T>
    T get(int row, int column) const;

private:
    struct Clear {
        void operator()(PGresult* r) const { PQclear(r); }
    };
    std::unique_ptr<PGresult, Clear> result_;
    std::string statement_;
};

} // namespace crmsync::pg
