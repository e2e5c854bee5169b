#include "store/intents.hpp"

#include "store/columns.hpp"
#include "store/statements.hpp"

namespace crmsync::store {

boost::asio::awaitable<void> Intents::purge() { co_await pool_.run(sql::purge_intents); }

} // namespace crmsync::store
