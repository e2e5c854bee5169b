#include "store/references.hpp"

#include "store/statements.hpp"
#include "store/transaction.hpp"

namespace crmsync::store {

boost::asio::awaitable<std::vector<Reference>> check_references(pg::Connection& connection)
{
    pg::Script script = transaction();
    script.add(sql::read_whole_tables);
    script.add(sql::dangling_references);
    const std::vector<pg::Result> results = co_await complete(connection, std::move(script));
    const pg::Result& rows = results[2];
    std::vector<Reference> references;
    for (int row = 0; row < rows.rows(); ++row) {
        Reference& reference = references.emplace_back();
        reference.name = rows.get<std::string>(row, 0);
        reference.dangling = rows.get<std::int64_t>(row, 1);
        reference.examples = rows.get<std::vector<std::string>>(row, 2);
    }
    co_return references;
}

} // namespace crmsync::store
