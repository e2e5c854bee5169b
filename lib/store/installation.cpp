#include "store/installation.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<std::string> Installation::secret()
{
    const pg::Result rows = co_await pool_.run(sql::installation_secret);
    co_return rows.get<pg::Bytes>(0, 0).value;
}

boost::asio::awaitable<std::string> Installation::id()
{
    const pg::Result rows = co_await pool_.run(sql::installation_id);
    co_return to_string(rows.get<Uuid>(0, 0));
}

boost::asio::awaitable<std::map<std::string, std::string>> Installation::properties()
{
    const pg::Result rows = co_await pool_.run(sql::properties);
    std::map<std::string, std::string> all;
    for (int row = 0; row < rows.rows(); ++row)
        all.emplace(rows.get<std::string>(row, 0), rows.get<std::string>(row, 1));
    co_return all;
}

boost::asio::awaitable<void> Installation::set_property(std::string name, std::string value)
{
    co_await pool_.run(sql::set_property, params(name, value));
}

} // namespace crmsync::store
